import { Prisma } from '../../generated/client.js';
import { REQUEST_FINISHED_CHANNEL } from '../connection/replicaConnection.js';
import { ALL_HANDED_OUT } from '../sql/handedOut.js';
import { keyIs } from '../sql/plannerHints.js';

/**
 * The CTEs that every settling statement ends with. They take the CTE `settled (target_id, was, status, reason_code,
 * settled_at)`, count it into the targets and finish the requests whose last open target this was. `TELL_FINISHED`
 * notifies their waiters at commit.
 *
 * A request with some outcomes PROCESSED and others not (CANCELED among them) is PARTIALLY_SUCCEEDED. A request with none
 * PROCESSED is CANCELED if every outcome is, else FAILED.
 *
 * `statistics` adds up the hours, which change with the outcomes. Each row of an hour belongs to one lane, so only
 * statements of that lane wait for each other. A day is written when its first target settles, and only read otherwise.
 *
 * A target of which nothing waits is handed out to its end.
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
      count(*) FILTER (WHERE status = 'CANCELED')::int AS canceled,
      min(settled_at) AS first_settled_at,
      max(settled_at) AS last_settled_at
    FROM settled GROUP BY target_id
  ),
  counted AS (
    UPDATE target t SET
      in_flight = t.in_flight - tally.left_flight,
      pending = t.pending - tally.left_pending + tally.pending,
      processed = t.processed + tally.processed,
      unprocessed = t.unprocessed + tally.unprocessed,
      failed = t.failed + tally.failed,
      canceled = t.canceled + tally.canceled,
      first_settled_at = LEAST(t.first_settled_at, tally.first_settled_at),
      last_settled_at = GREATEST(t.last_settled_at, tally.last_settled_at),
      handed_out_to = CASE WHEN t.pending = tally.left_pending THEN ${ALL_HANDED_OUT} ELSE t.handed_out_to END
    FROM tally WHERE ${keyIs(Prisma.sql`t.id`, Prisma.sql`tally.target_id`)}
    RETURNING t.id, t.lane_id, t.operation, t.request_id, t.processed, t.canceled, t.pending + t.in_flight AS open
  ),
  done AS (
    SELECT request_id, count(*)::int AS targets, sum(processed)::int AS processed, sum(canceled)::int AS canceled
    FROM counted WHERE open = 0 GROUP BY request_id
  ),
  ending AS MATERIALIZED (
    SELECT r.id FROM (SELECT request_id FROM done ORDER BY request_id) d CROSS JOIN LATERAL (
      SELECT id FROM request WHERE id = d.request_id LIMIT 1 FOR UPDATE
    ) r
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
    FROM done JOIN ending ON ending.id = done.request_id
    WHERE ${keyIs(Prisma.sql`r.id`, Prisma.sql`done.request_id`)}
    RETURNING r.id, r.finished_at
  ),
  final AS (
    SELECT s.target_id, c.lane_id, c.operation, r.caller_id, s.status, s.reason_code, s.hour, s.outcomes
    FROM (
      SELECT target_id, status, reason_code, date_trunc('hour', settled_at, 'UTC') AS hour, count(*) AS outcomes
      FROM settled WHERE settled_at IS NOT NULL
      GROUP BY 1, 2, 3, 4
    ) s
    JOIN counted c ON c.id = s.target_id
    CROSS JOIN LATERAL (SELECT caller_id FROM request WHERE id = c.request_id LIMIT 1) r
  ),
  hours AS (
    INSERT INTO settled_hour AS h (hour, lane_id, operation, caller_id, status, reason, outcomes)
    SELECT hour, lane_id, operation, caller_id, status, COALESCE(reason_code::text, ''), sum(outcomes)
    FROM final
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (hour, lane_id, operation, caller_id, status, reason) DO UPDATE SET outcomes = h.outcomes + excluded.outcomes
  ),
  days AS (
    INSERT INTO settled_day AS d (lane_id, day, first_target_id)
    SELECT f.* FROM (
      SELECT lane_id, (hour AT TIME ZONE 'UTC')::date AS day, min(target_id) AS target_id FROM final GROUP BY 1, 2
    ) f
    WHERE NOT EXISTS (
      SELECT FROM settled_day e WHERE e.lane_id = f.lane_id AND e.day = f.day AND e.first_target_id <= f.target_id
    )
    ORDER BY 1, 2
    ON CONFLICT (lane_id, day) DO UPDATE SET first_target_id = LEAST(d.first_target_id, excluded.first_target_id)
  )
`;

/** The last columns of such a statement: notifies the waiters, and names the requests that have finished. */
export const TELL_FINISHED = Prisma.sql`
  (SELECT count(pg_notify(${REQUEST_FINISHED_CHANNEL}, id::text))::int FROM ended WHERE finished_at IS NOT NULL) AS told,
  ARRAY(SELECT id::text FROM ended WHERE finished_at IS NOT NULL) AS finished
`;
