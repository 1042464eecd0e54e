import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { CallFilter, CallRow, HistoryStore, Page, PageArgs } from '../../../ports/history.js';
import type { GatewayPrisma } from '../../connection/client.js';
import { idBound, idCursor } from '../../sql/cursors.js';
import { limitOf } from '../../sql/direction.js';
import { laneIdCondition } from '../../sql/grants.js';
import { type JsonPage, type JsonRow, readJson, toDate, toPage } from '../../sql/jsonPages.js';
import { wantedIds } from '../../sql/wantedRows.js';
import { preparedPage } from './preparedPages.js';
import { selectCount } from './boundedCount.js';
import { selectPage } from './boundedPage.js';
import { SCAN_LIMITS, type ScanLimits } from './keysetList.js';
import { callPages } from './callPages.js';

/** The JSON of a `CallRow`, from the rows c of call and l of lane. */
const CALL = Prisma.sql`json_build_object(
  'id', c.id, 'operation', c.operation, 'administrator', l.administrator, 'service', l.service, 'region', l.region,
  'status', c.status, 'accountCount', c.account_count, 'startedAt', c.started_at, 'finishedAt', c.finished_at,
  'httpStatus', c.http_status, 'awsRequestId', c.aws_request_id, 'attempts', c.attempts,
  'errorCode', c.error_code, 'errorMessage', c.error_message, 'readBackError', c.read_back_error,
  'resolvedBy', c.resolved_by, 'resolution', c.resolution,
  'lateAnswer', c.late_answer)`;

/** The reads of calls. */
export function createCallReads(
  prisma: GatewayPrisma,
  limits: ScanLimits,
): Pick<HistoryStore, 'calls' | 'countCalls' | 'callsById' | 'callsOfRequests'> {
  return {
    async calls(caller, filter, page) {
      const statement = selectCalls(caller, filter, page, limits);
      return toCallPage(await readJson<JsonPage<JsonRow<CallRow>, string>>(prisma, statement), page);
    },
    async countCalls(caller, filter, limit) {
      const calls = callPages(caller, filter, { first: limit, after: null });
      return readJson<number | null>(prisma, selectCount(calls.planCount(limits), limit));
    },
    async callsById(caller, ids) {
      const rows = await readJson<(JsonRow<CallRow> | null)[]>(prisma, selectCallsById(caller, ids));
      return rows.map((row) => row && toCallRow(row));
    },
    async callsOfRequests(requestIds, page) {
      const lists = await readJson<JsonRow<CallRow>[][]>(prisma, selectCallsOfRequests(requestIds, page));
      return lists.map((rows) => toCallPage({ rows, pageEnd: null }, page));
    },
  };
}

/** A page of calls. */
export function selectCalls(
  caller: Caller,
  filter: CallFilter,
  page: PageArgs,
  limits: ScanLimits = SCAN_LIMITS,
): Prisma.Sql {
  const plan = callPages(caller, filter, page).planPage(limits);
  const statement = selectPage(plan, toCallList, Prisma.sql`page_end.id`);
  return preparedPage('calls', { caller, filter, page, limits }, statement);
}

/** Each call by primary key. */
export function selectCallsById(caller: Caller, ids: readonly string[]): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT ${CALL} FROM call c JOIN lane l ON l.id = c.lane_id
      WHERE c.id = wanted.id AND ${laneIdCondition(caller, {}, Prisma.sql`c.lane_id`) ?? Prisma.sql`true`}
    ) ORDER BY wanted.place), '[]') AS result
    FROM ${wantedIds(ids)}`;
}

/**
 * One page, read forward, of the calls of each request: the newest calls of every target, and of those the newest. OFFSET 0
 * makes the planner find the targets by their request, and never read all targets in order.
 */
export function selectCallsOfRequests(requestIds: readonly string[], page: PageArgs): Prisma.Sql {
  const limit = Prisma.sql`${limitOf(page)}::int`;
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT COALESCE(json_agg(${CALL} ORDER BY c.id DESC), '[]')
      FROM (
        SELECT DISTINCT s.call_id
        FROM (SELECT t.id FROM target t WHERE t.request_id = wanted.id OFFSET 0) AS t
        CROSS JOIN LATERAL (
          SELECT s.call_id FROM send s
          WHERE s.target_id = t.id AND s.call_id < ${idBound('calls', page)}::uuid
          ORDER BY s.call_id DESC
          LIMIT ${limit}
        ) AS s
        ORDER BY s.call_id DESC
        LIMIT ${limit}
      ) AS s
      CROSS JOIN LATERAL (SELECT * FROM call c WHERE c.id = s.call_id LIMIT 1) AS c
      JOIN lane l ON l.id = c.lane_id
    ) ORDER BY wanted.place), '[]') AS result
    FROM ${wantedIds(requestIds)}`;
}

/** A subquery for the JSON array of calls, newest first. */
function toCallList(calls: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg(${CALL} ORDER BY c.id DESC), '[]') FROM (${calls}) AS c JOIN lane l ON l.id = c.lane_id`;
}

function toCallPage({ rows, pageEnd }: JsonPage<JsonRow<CallRow>, string>, page: PageArgs): Page<CallRow> {
  const toCursor = (id: string) => idCursor('calls', id);
  return toPage({ rows, pageEnd: pageEnd && toCursor(pageEnd) }, page, toCallRow, ({ id }) => toCursor(id));
}

function toCallRow(json: JsonRow<CallRow>): CallRow {
  const { lateAnswer } = json;
  return {
    ...json,
    startedAt: new Date(json.startedAt),
    finishedAt: toDate(json.finishedAt),
    lateAnswer: lateAnswer && { ...lateAnswer, recordedAt: new Date(lateAnswer.recordedAt) },
  };
}
