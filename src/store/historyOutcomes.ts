import { Prisma, type PrismaClient } from '../generated/client.js';
import type { Caller } from '../membership.js';
import type {
  HistoryStore,
  NestedOutcomeFilter,
  OutcomeFilter,
  OutcomeRow,
  Page,
  PageArgs,
} from '../ports/history.js';
import { afterOutcome, type OutcomeKey, outcomeCursor, targetIdOrNone, uuidOrNone } from './cursors.js';
import { isWantedLane } from './grants.js';
import { type JsonRow, readJson, toDate, toPage } from './jsonPages.js';
import { isException, type OutcomeRange } from './outcomeRange.js';
import { outcomesByAccount, outcomesByCall, outcomesByException } from './outcomesAcrossTargets.js';
import { accountOutcomesByTarget, outcomesByTarget } from './outcomesByTarget.js';

const OUTCOME = Prisma.sql`json_build_object(
  'targetId', o.target_id::text, 'accountId', o.account_id, 'requestId', t.request_id, 'email', a.email,
  'operation', r.operation, 'administrator', l.administrator, 'service', l.service, 'region', l.region,
  'status', o.status, 'reasonCode', o.reason_code, 'reason', o.reason, 'sends', cardinality(o.call_ids),
  'settledAt', o.settled_at, 'callId', o.call_ids[cardinality(o.call_ids)])`;

/** What a row shows besides the outcome itself. Each LIMIT 1 makes it a look-up by primary key and no join of tables. */
const SURROUNDINGS = Prisma.sql`
  CROSS JOIN LATERAL (SELECT t.request_id FROM target t WHERE t.id = o.target_id LIMIT 1) AS t
  CROSS JOIN LATERAL (SELECT r.operation FROM request r WHERE r.id = t.request_id LIMIT 1) AS r
  CROSS JOIN LATERAL (SELECT * FROM lane l WHERE l.id = o.lane_id LIMIT 1) AS l
  LEFT JOIN LATERAL (
    SELECT a.email FROM request_account a WHERE a.request_id = t.request_id AND a.account_id = o.account_id LIMIT 1
  ) AS a ON true`;

/** The reads of outcomes. */
export function createOutcomeReads(
  prisma: PrismaClient,
): Pick<HistoryStore, 'outcomes' | 'outcomesByKey' | 'outcomesOfRequests' | 'outcomesOfCalls'> {
  return {
    async outcomes(caller, filter, page) {
      return toOutcomePage(
        await readJson<JsonRow<OutcomeRow>[]>(prisma, selectOutcomes(caller, filter, page)),
        page,
      );
    },
    async outcomesByKey(caller, keys) {
      const rows = await readJson<(JsonRow<OutcomeRow> | null)[]>(prisma, selectOutcomesByKey(caller, keys));
      return rows.map((row) => row && toOutcomeRow(row));
    },
    async outcomesOfRequests(requestIds, filter, page) {
      const statement = selectOutcomesOfRequests(requestIds, filter, page);
      const lists = await readJson<JsonRow<OutcomeRow>[][]>(prisma, statement);
      return lists.map((rows) => toOutcomePage(rows, page));
    },
    async outcomesOfCalls(callIds, page) {
      const lists = await readJson<JsonRow<OutcomeRow>[][]>(prisma, selectOutcomesOfCalls(callIds, page));
      return lists.map((rows) => toOutcomePage(rows, page));
    },
  };
}

/**
 * Outcomes newest first, from whichever index reads least: a request's targets; the accounts asked for; what went wrong;
 * else all targets from the newest back. The last passes over targets without a row for the page whole, one row of
 * `target` each, of which a filter by service, region, administrator or a rare status may meet many.
 */
export function selectOutcomes(caller: Caller, filter: OutcomeFilter, page: PageArgs): Prisma.Sql {
  return Prisma.sql`SELECT ${toJsonList(chooseSource(caller, filter, page))} AS result`;
}

/** Each outcome by primary key. */
export function selectOutcomesByKey(caller: Caller, keys: readonly OutcomeKey[]): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT ${OUTCOME} FROM outcome o ${SURROUNDINGS}
      WHERE o.target_id = asked.target_id AND o.account_id = asked.account_id
        AND ${isWantedLane(caller, {}, Prisma.sql`o.lane_id`) ?? Prisma.sql`true`}
    ) ORDER BY asked.place), '[]') AS result
    FROM unnest(
      ${keys.map(({ targetId }) => targetIdOrNone(targetId))}::bigint[],
      ${keys.map(({ accountId }) => accountId)}::text[]
    ) WITH ORDINALITY AS asked (target_id, account_id, place)`;
}

/** One page of each request, at the same place in all. */
export function selectOutcomesOfRequests(
  requestIds: readonly string[],
  filter: NestedOutcomeFilter,
  page: PageArgs,
): Prisma.Sql {
  const isWanted = isWantedLane(null, filter, Prisma.sql`t.lane_id`);
  const source = outcomesByTarget(targetsOf(Prisma.sql`asked.id`), isWanted, toRange(filter, page));
  return Prisma.sql`
    SELECT COALESCE(json_agg(${toJsonList(source)} ORDER BY asked.place), '[]') AS result
    FROM unnest(${requestIds.map(uuidOrNone)}::uuid[]) WITH ORDINALITY AS asked (id, place)`;
}

/** One page of each call, at the same place in all. */
export function selectOutcomesOfCalls(callIds: readonly string[], page: PageArgs): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg(
      ${toJsonList(outcomesByCall(Prisma.sql`asked.id`, toRange({}, page)))} ORDER BY asked.place), '[]') AS result
    FROM unnest(${callIds.map(uuidOrNone)}::uuid[]) WITH ORDINALITY AS asked (id, place)`;
}

function chooseSource(caller: Caller, filter: OutcomeFilter, page: PageArgs): Prisma.Sql {
  const range = toRange(filter, page);
  const accountIds = filter.accountIds == null ? null : [...new Set(filter.accountIds)];
  const isWantedTarget = isWantedLane(caller, filter, Prisma.sql`t.lane_id`);
  if (filter.requestId != null) {
    const targets = targetsOf(Prisma.sql`${uuidOrNone(filter.requestId)}::uuid`);
    if (accountIds === null) return outcomesByTarget(targets, isWantedTarget, range);
    return accountOutcomesByTarget(targets, isWantedTarget, accountIds, range);
  }
  if (accountIds !== null) {
    return outcomesByAccount(accountIds, isWantedLane(caller, filter, Prisma.sql`o.lane_id`), range);
  }
  const exceptions = range.statuses?.filter(isException) ?? [];
  if (isWantedTarget === null && exceptions.length > 0 && exceptions.length === range.statuses?.length) {
    return outcomesByException(exceptions, range);
  }
  return outcomesByTarget(Prisma.sql`target`, isWantedTarget, range);
}

// OFFSET 0 keeps the targets of the request apart, so that they are found by the request and never by walking all.
function targetsOf(requestId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT * FROM target WHERE request_id = ${requestId} OFFSET 0)`;
}

function toRange(filter: NestedOutcomeFilter, { first, after }: PageArgs): OutcomeRange {
  const statuses = filter.statuses == null ? null : [...new Set(filter.statuses)];
  return { after: afterOutcome(after), limit: first + 1, statuses };
}

function toJsonList(source: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    SELECT COALESCE(json_agg(${OUTCOME} ORDER BY o.target_id DESC, o.account_id DESC), '[]')
    FROM (${source}) AS o ${SURROUNDINGS})`;
}

function toOutcomePage(rows: readonly JsonRow<OutcomeRow>[], { first }: PageArgs): Page<OutcomeRow> {
  return toPage(rows, first, toOutcomeRow, outcomeCursor);
}

function toOutcomeRow(json: JsonRow<OutcomeRow>): OutcomeRow {
  return { ...json, settledAt: toDate(json.settledAt) };
}
