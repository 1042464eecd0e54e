import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { HistoryStore, PageArgs, RequestFilter, RequestRow, TargetRow } from '../../../ports/history.js';
import type { GatewayPrisma } from '../../connection/client.js';
import { idCursor } from '../../sql/cursors.js';
import { grantCondition } from '../../sql/grants.js';
import { type JsonPage, type JsonRow, readJson, toDate, toPage } from '../../sql/jsonPages.js';
import { wantedIds } from '../../sql/wantedRows.js';
import { grantScope, prepared, preparedPage } from './preparedPages.js';
import { selectCount } from './boundedCount.js';
import { selectPage } from './boundedPage.js';
import { SCAN_LIMITS, type ScanLimits } from './keysetList.js';
import { requestPages } from './requestPages.js';

/** The JSON of a `RequestRow`, from the row r of request. */
const REQUEST = Prisma.sql`json_build_object(
  'id', r.id, 'operation', r.operation, 'status', r.status, 'administrator', r.administrator,
  'callerId', r.caller_id, 'callerName', r.caller_name, 'callerKind', r.caller_kind, 'note', r.note,
  'idempotencyKey', r.idempotency_key,
  'alreadyMember', CASE WHEN r.operation = 'CREATE_MEMBERS' THEN COALESCE(r.already_member, 'UNPROCESSED') END,
  'createdAt', r.created_at, 'startedAt', r.started_at, 'finishedAt', r.finished_at,
  'retryOf', r.retry_of)`;

/** The JSON of a `TargetRow`, from the rows t of target and l of lane. */
const TARGET = Prisma.sql`json_build_object(
  'requestId', t.request_id, 'administrator', l.administrator, 'service', l.service, 'region', l.region,
  'detectorId', t.detector_id, 'isErased', t.erased_at IS NOT NULL, 'counts', json_build_object(
    'total', t.total, 'pending', t.pending, 'inFlight', t.in_flight, 'processed', t.processed,
    'unprocessed', t.unprocessed, 'failed', t.failed, 'canceled', t.canceled))`;

/** The reads of requests and of their targets. */
export function createRequestReads(
  prisma: GatewayPrisma,
  limits: ScanLimits,
): Pick<
  HistoryStore,
  | 'requests'
  | 'countRequests'
  | 'requestsById'
  | 'requestsWithTargets'
  | 'targetsOfRequests'
  | 'retriesOfRequests'
> {
  return {
    async requests(caller, filter, page) {
      const statement = selectRequests(caller, filter, page, limits);
      const { rows, pageEnd } = await readJson<JsonPage<JsonRow<RequestRow>, string>>(prisma, statement);
      const toCursor = (id: string) => idCursor('requests', id);
      return toPage({ rows, pageEnd: pageEnd && toCursor(pageEnd) }, page, toRequestRow, ({ id }) =>
        toCursor(id),
      );
    },
    async countRequests(caller, filter, limit) {
      const requests = requestPages(caller, filter, { first: limit, after: null });
      return readJson<number | null>(prisma, selectCount(requests.planCount(limits), limit));
    },
    async requestsById(caller, ids) {
      const rows = await readJson<(JsonRow<RequestRow> | null)[]>(prisma, selectRequestsById(caller, ids));
      return rows.map((row) => row && toRequestRow(row));
    },
    async requestsWithTargets(caller, ids) {
      const rows = await readJson<([JsonRow<RequestRow>, TargetRow[]] | null)[]>(
        prisma,
        selectRequestsWithTargets(caller, ids),
      );
      return rows.map((row) => row && [toRequestRow(row[0]), row[1]]);
    },
    targetsOfRequests: (requestIds) => readJson<TargetRow[][]>(prisma, selectTargetsOfRequests(requestIds)),
    async retriesOfRequests(requestIds, limit) {
      const lists = await readJson<JsonRow<RequestRow>[][]>(
        prisma,
        selectRetriesOfRequests(requestIds, limit),
      );
      return lists.map((rows) => rows.map(toRequestRow));
    },
  };
}

/** A page of requests. */
export function selectRequests(
  caller: Caller,
  filter: RequestFilter,
  page: PageArgs,
  limits: ScanLimits = SCAN_LIMITS,
): Prisma.Sql {
  const plan = requestPages(caller, filter, page).planPage(limits);
  const statement = selectPage(plan, toRequestList, Prisma.sql`page_end.id`);
  return preparedPage('requests', { caller, filter, page, limits }, statement);
}

/** Each request by primary key. */
export function selectRequestsById(caller: Caller, ids: readonly string[]): Prisma.Sql {
  return prepared(`requests_by_id_${grantScope(caller)}`, selectById(caller, ids, REQUEST));
}

/** Each request by primary key, with its targets. */
function selectRequestsWithTargets(caller: Caller, ids: readonly string[]): Prisma.Sql {
  const both = Prisma.sql`json_build_array(${REQUEST}, (${targetList(Prisma.sql`r.id`)}))`;
  return prepared(`requests_with_targets_${grantScope(caller)}`, selectById(caller, ids, both));
}

/** The JSON of each request `r` by primary key; null for one that the caller may not see. */
function selectById(caller: Caller, ids: readonly string[], json: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT ${json} FROM request r
      WHERE r.id = wanted.id AND ${grantCondition(caller, Prisma.sql`r.administrator`)}
    ) ORDER BY wanted.place), '[]') AS result
    FROM ${wantedIds(ids)}`;
}

/** The targets of each request, in the order of their ids, which is the order of the request. */
export function selectTargetsOfRequests(requestIds: readonly string[]): Prisma.Sql {
  return Prisma.sql`/* prepared: targets_of_requests */
    SELECT COALESCE(json_agg((${targetList(Prisma.sql`wanted.id`)}) ORDER BY wanted.place), '[]') AS result
    FROM ${wantedIds(requestIds)}`;
}

/** A subquery for the JSON array of a request's targets. */
function targetList(requestId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg(${TARGET} ORDER BY t.id), '[]')
    FROM target t JOIN lane l ON l.id = t.lane_id
    WHERE t.request_id = ${requestId}`;
}

/**
 * The newest retries of each request, by the index of retries, read backward. Retries have the administrator of the request,
 * so that no grant has to be checked.
 */
export function selectRetriesOfRequests(requestIds: readonly string[], limit: number): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      ${toRequestList(Prisma.sql`
        SELECT * FROM request r WHERE r.retry_of = wanted.id ORDER BY r.id DESC LIMIT ${limit}::int`)}
    ) ORDER BY wanted.place), '[]') AS result
    FROM ${wantedIds(requestIds)}`;
}

/** A subquery for the JSON array of requests, newest first. */
function toRequestList(requests: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`SELECT COALESCE(json_agg(${REQUEST} ORDER BY r.id DESC), '[]') FROM (${requests}) AS r`;
}

function toRequestRow(json: JsonRow<RequestRow>): RequestRow {
  return {
    ...json,
    createdAt: new Date(json.createdAt),
    startedAt: toDate(json.startedAt),
    finishedAt: toDate(json.finishedAt),
  };
}
