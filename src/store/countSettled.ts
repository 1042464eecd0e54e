import { Prisma } from '../generated/client.js';
import { REQUEST_FINISHED_CHANNEL } from './replicaConnection.js';

/**
 * The CTEs that every settling statement ends with. They take the CTE `settled (target_id, was, status)`, count it into
 * the targets and finish the requests whose last open target this was; `TELL_FINISHED` tells their waiters at commit.
 *
 * A request that has an outcome PROCESSED and another that is not, be it canceled, has succeeded partially; one without
 * any is CANCELED only if every outcome is, and FAILED otherwise.
 *
 * Request rows are locked in the order of their ids, so lanes that finish the same requests cannot deadlock. The
 * `SET` reads the locked, newest row: whichever lane comes last sees the counts of all.
 */
export const COUNT_SETTLED = Prisma.sql`
  tally AS (
    SELECT target_id,
      count(*) FILTER (WHERE was = 'IN_FLIGHT')::int AS left_flight,
      count(*) FILTER (WHERE was = 'PENDING')::int AS left_pending,
      count(*) FILTER (WHERE status = 'PENDING')::int AS pending,
      count(*) FILTER (WHERE status = 'PROCESSED')::int AS processed,
      count(*) FILTER (WHERE status = 'UNPROCESSED')::int AS unprocessed,
      count(*) FILTER (WHERE status = 'FAILED')::int AS failed,
      count(*) FILTER (WHERE status = 'CANCELED')::int AS canceled
    FROM settled GROUP BY target_id
  ),
  counted AS (
    UPDATE target t SET
      in_flight = t.in_flight - tally.left_flight,
      pending = t.pending - tally.left_pending + tally.pending,
      processed = t.processed + tally.processed,
      unprocessed = t.unprocessed + tally.unprocessed,
      failed = t.failed + tally.failed,
      canceled = t.canceled + tally.canceled
    FROM tally WHERE t.id = tally.target_id
    RETURNING t.request_id, t.processed, t.canceled, t.pending + t.in_flight AS open
  ),
  done AS (
    SELECT request_id, count(*)::int AS targets, sum(processed)::int AS processed, sum(canceled)::int AS canceled
    FROM counted WHERE open = 0 GROUP BY request_id
  ),
  ending AS MATERIALIZED (
    SELECT id FROM request WHERE id IN (SELECT request_id FROM done) ORDER BY id FOR UPDATE
  ),
  ended AS (
    UPDATE request r SET
      open_targets = r.open_targets - done.targets,
      processed = r.processed + done.processed,
      canceled = r.canceled + done.canceled,
      finished_at = CASE WHEN r.open_targets = done.targets THEN clock_timestamp() END,
      status = CASE
        WHEN r.open_targets > done.targets THEN r.status
        WHEN r.processed + done.processed = r.total THEN 'SUCCEEDED'
        WHEN r.processed + done.processed > 0 THEN 'PARTIALLY_SUCCEEDED'
        WHEN r.canceled + done.canceled = r.total THEN 'CANCELED'
        ELSE 'FAILED'
      END::request_status
    FROM done, ending WHERE r.id = done.request_id AND ending.id = r.id
    RETURNING r.id, r.finished_at
  )
`;

/** What such a statement selects at its end: tells the waiters, and says how many requests have finished. */
export const TELL_FINISHED = Prisma.sql`
  (SELECT count(pg_notify(${REQUEST_FINISHED_CHANNEL}, id::text))::int FROM ended WHERE finished_at IS NOT NULL) AS finished
`;
