import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { HistoryStore, PageArgs, RequestFilter, RequestRow, TargetRow } from '../../../ports/history.js';
import type { GatewayPrisma } from '../../connection/client.js';
import { idCursor, uuidOrNone } from '../../sql/cursors.js';
import { isGranted } from '../../sql/grants.js';
import { type JsonPage, type JsonRow, readJson, toDate, toPage } from '../../sql/jsonPages.js';
import { prepared, preparedPage, reachOf } from './prepared.js';
import { selectCount, selectPage, WALK_LIMITS, type WalkLimits } from './boundedPage.js';
import { requestsFor } from './requestPages.js';

const REQUEST = Prisma.sql`json_build_object(
  'id', r.id, 'operation', r.operation, 'status', r.status, 'administrator', r.administrator,
  'callerId', r.caller_id, 'callerKind', r.caller_kind, 'note', r.note, 'idempotencyKey', r.idempotency_key,
  'createdAt', r.created_at, 'startedAt', r.started_at, 'finishedAt', r.finished_at,
  'retryOf', r.retry_of)`;

const TARGET = Prisma.sql`json_build_object(
  'requestId', t.request_id, 'administrator', l.administrator, 'service', l.service, 'region', l.region,
  'detectorId', t.detector_id, 'isErased', t.erased_at IS NOT NULL, 'counts', json_build_object(
    'total', t.total, 'pending', t.pending, 'inFlight', t.in_flight, 'processed', t.processed,
    'unprocessed', t.unprocessed, 'failed', t.failed, 'canceled', t.canceled))`;

/** The reads of requests and of their targets. */
export function createRequestReads(
  prisma: GatewayPrisma,
  limits: WalkLimits,
): Pick<
  HistoryStore,
  'requests' | 'countRequests' | 'requestsById' | 'targetsOfRequests' | 'retriesOfRequests'
> {
  return {
    async requests(caller, filter, page) {
      const statement = selectRequests(caller, filter, page, limits);
      const { rows, edge } = await readJson<JsonPage<JsonRow<RequestRow>, string>>(prisma, statement);
      const toCursor = (id: string) => idCursor('requests', id);
      return toPage({ rows, edge: edge && toCursor(edge) }, page, toRequestRow, ({ id }) => toCursor(id));
    },
    async countRequests(caller, filter, most) {
      const requests = requestsFor(caller, filter, { first: most, after: null });
      return readJson<number | null>(prisma, selectCount(requests.all(limits), most));
    },
    async requestsById(caller, ids) {
      const rows = await readJson<(JsonRow<RequestRow> | null)[]>(prisma, selectRequestsById(caller, ids));
      return rows.map((row) => row && toRequestRow(row));
    },
    targetsOfRequests: (requestIds) => readJson<TargetRow[][]>(prisma, selectTargetsOfRequests(requestIds)),
    async retriesOfRequests(requestIds, most) {
      const lists = await readJson<JsonRow<RequestRow>[][]>(
        prisma,
        selectRetriesOfRequests(requestIds, most),
      );
      return lists.map((rows) => rows.map(toRequestRow));
    },
  };
}

/** Requests newest first. */
export function selectRequests(
  caller: Caller,
  filter: RequestFilter,
  page: PageArgs,
  limits: WalkLimits = WALK_LIMITS,
): Prisma.Sql {
  const toJson = (rows: Prisma.Sql) => Prisma.sql`
    SELECT COALESCE(json_agg(${REQUEST} ORDER BY r.id DESC), '[]') FROM (${rows}) AS r`;
  const statement = selectPage(requestsFor(caller, filter, page).page(limits), toJson, Prisma.sql`edge.id`);
  return preparedPage('requests', { caller, filter, page, limits }, statement);
}

/** Each request by primary key. */
export function selectRequestsById(caller: Caller, ids: readonly string[]): Prisma.Sql {
  return prepared(
    `requests_by_id_${reachOf(caller)}`,
    Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT ${REQUEST} FROM request r
      WHERE r.id = asked.id AND ${isGranted(caller, Prisma.sql`r.administrator`)}
    ) ORDER BY asked.place), '[]') AS result
    FROM unnest(${ids.map(uuidOrNone)}::uuid[]) WITH ORDINALITY AS asked (id, place)`,
  );
}

/** The targets of each request, in the order in which the request was given them. */
export function selectTargetsOfRequests(requestIds: readonly string[]): Prisma.Sql {
  return Prisma.sql`/* prepared: targets_of_requests */
    SELECT COALESCE(json_agg((
      SELECT COALESCE(json_agg(${TARGET} ORDER BY t.id), '[]')
      FROM target t JOIN lane l ON l.id = t.lane_id
      WHERE t.request_id = asked.id
    ) ORDER BY asked.place), '[]') AS result
    FROM unnest(${requestIds.map(uuidOrNone)}::uuid[]) WITH ORDINALITY AS asked (id, place)`;
}

/** The retries of each request, newest first: the index of retries read from its end. They are of one administrator. */
export function selectRetriesOfRequests(requestIds: readonly string[], most: number): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT COALESCE(json_agg(${REQUEST} ORDER BY r.id DESC), '[]')
      FROM (
        SELECT * FROM request r WHERE r.retry_of = asked.id ORDER BY r.id DESC LIMIT ${most}::int
      ) AS r
    ) ORDER BY asked.place), '[]') AS result
    FROM unnest(${requestIds.map(uuidOrNone)}::uuid[]) WITH ORDINALITY AS asked (id, place)`;
}

function toRequestRow(json: JsonRow<RequestRow>): RequestRow {
  return {
    ...json,
    createdAt: new Date(json.createdAt),
    startedAt: toDate(json.startedAt),
    finishedAt: toDate(json.finishedAt),
  };
}
