import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { CallFilter, CallRow, HistoryStore, Page, PageArgs } from '../../../ports/history.js';
import type { GatewayPrisma } from '../../connection/client.js';
import { idBound, idCursor, uuidOrNone } from '../../sql/cursors.js';
import { limitOf } from '../../sql/direction.js';
import { isWantedLane } from '../../sql/grants.js';
import { type JsonPage, type JsonRow, readJson, toDate, toPage } from '../../sql/jsonPages.js';
import { preparedPage } from './prepared.js';
import { selectCount, selectPage, WALK_LIMITS, type WalkLimits } from './boundedPage.js';
import { callsFor } from './callPages.js';

const CALL = Prisma.sql`json_build_object(
  'id', c.id, 'operation', c.operation, 'administrator', l.administrator, 'service', l.service, 'region', l.region,
  'status', c.status, 'accountCount', c.account_count, 'startedAt', c.started_at, 'finishedAt', c.finished_at,
  'httpStatus', c.http_status, 'awsRequestId', c.aws_request_id, 'attempts', c.attempts,
  'errorCode', c.error_code, 'errorMessage', c.error_message, 'readBackError', c.read_back_error,
  'lateAnswer', c.late_answer)`;

/** The reads of calls. */
export function createCallReads(
  prisma: GatewayPrisma,
  limits: WalkLimits,
): Pick<HistoryStore, 'calls' | 'countCalls' | 'callsById' | 'callsOfRequests'> {
  return {
    async calls(caller, filter, page) {
      const statement = selectCalls(caller, filter, page, limits);
      return toCallPage(await readJson<JsonPage<JsonRow<CallRow>, string>>(prisma, statement), page);
    },
    async countCalls(caller, filter, most) {
      const calls = callsFor(caller, filter, { first: most, after: null });
      return readJson<number | null>(prisma, selectCount(calls.all(limits), most));
    },
    async callsById(caller, ids) {
      const rows = await readJson<(JsonRow<CallRow> | null)[]>(prisma, selectCallsById(caller, ids));
      return rows.map((row) => row && toCallRow(row));
    },
    async callsOfRequests(requestIds, page) {
      const lists = await readJson<JsonRow<CallRow>[][]>(prisma, selectCallsOfRequests(requestIds, page));
      return lists.map((rows) => toCallPage({ rows, edge: null }, page));
    },
  };
}

/** Calls newest first. */
export function selectCalls(
  caller: Caller,
  filter: CallFilter,
  page: PageArgs,
  limits: WalkLimits = WALK_LIMITS,
): Prisma.Sql {
  const toJson = (rows: Prisma.Sql) => Prisma.sql`
    SELECT COALESCE(json_agg(${CALL} ORDER BY c.id DESC), '[]') FROM (${rows}) AS c JOIN lane l ON l.id = c.lane_id`;
  const statement = selectPage(callsFor(caller, filter, page).page(limits), toJson, Prisma.sql`edge.id`);
  return preparedPage('calls', { caller, filter, page, limits }, statement);
}

/** Each call by primary key. */
export function selectCallsById(caller: Caller, ids: readonly string[]): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT ${CALL} FROM call c JOIN lane l ON l.id = c.lane_id
      WHERE c.id = asked.id AND ${isGrantedCall(caller)}
    ) ORDER BY asked.place), '[]') AS result
    FROM unnest(${ids.map(uuidOrNone)}::uuid[]) WITH ORDINALITY AS asked (id, place)`;
}

/**
 * The calls that carried accounts of each request: the newest of every target, and of those the newest. OFFSET 0 keeps
 * the targets of the request apart, so that they are found by the request and never by walking all targets.
 */
export function selectCallsOfRequests(requestIds: readonly string[], page: PageArgs): Prisma.Sql {
  const limit = Prisma.sql`${limitOf(page)}::int`;
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT COALESCE(json_agg(${CALL} ORDER BY c.id DESC), '[]')
      FROM (
        SELECT DISTINCT s.call_id
        FROM (SELECT t.id FROM target t WHERE t.request_id = asked.id OFFSET 0) AS t
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
    ) ORDER BY asked.place), '[]') AS result
    FROM unnest(${requestIds.map(uuidOrNone)}::uuid[]) WITH ORDINALITY AS asked (id, place)`;
}

function isGrantedCall(caller: Caller): Prisma.Sql {
  return isWantedLane(caller, {}, Prisma.sql`c.lane_id`) ?? Prisma.sql`true`;
}

function toCallPage({ rows, edge }: JsonPage<JsonRow<CallRow>, string>, page: PageArgs): Page<CallRow> {
  const toCursor = (id: string) => idCursor('calls', id);
  return toPage({ rows, edge: edge && toCursor(edge) }, page, toCallRow, ({ id }) => toCursor(id));
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
