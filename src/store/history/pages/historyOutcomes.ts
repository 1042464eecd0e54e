import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type {
  HistoryStore,
  MemberStatusRow,
  NestedOutcomeFilter,
  OutcomeFilter,
  OutcomeRow,
  Page,
  PageArgs,
  SendRow,
} from '../../../ports/history.js';
import type { GatewayPrisma } from '../../connection/client.js';
import {
  BEFORE_ALL_ACCOUNTS,
  outcomeBound,
  type OutcomeKey,
  outcomeCursor,
  PAST_ALL_ACCOUNTS,
  targetIdOrNone,
  uuidOrNone,
} from '../../sql/cursors.js';
import { directionOf, limitOf } from '../../sql/direction.js';
import { isWantedLane, wantedLanes } from '../../sql/grants.js';
import { type JsonPage, type JsonRow, readJson, toDate, toPage } from '../../sql/jsonPages.js';
import { isException, isTimed, type OutcomeRange, toConditions } from './outcomeRange.js';
import {
  outcomesByAccount,
  outcomesByCall,
  outcomesByException,
  outcomesByReason,
} from './outcomesAcrossTargets.js';
import { accountOutcomesByTarget, allByTarget, outcomesByTarget } from './outcomesByTarget.js';
import { preparedPage } from './prepared.js';
import {
  complete,
  selectCount,
  selectPage,
  type Source,
  sourceOf,
  type Walk,
  WALK_LIMITS,
  type WalkLimits,
  withAll,
} from './boundedPage.js';
import { KEPT_FROM, settledWithin, targetsOfAll, targetsOfRequest, walkTargets } from './targetPages.js';

/** Half the price of json_build_object, which looks up how each of its arguments is written for every row. */
const OUTCOME = Prisma.sql`row_to_json(entry)`;

/** Where a page ended, as an `OutcomeKey`. */
const EDGE = Prisma.sql`json_build_object('targetId', edge.target_id::text, 'accountId', edge.account_id)`;

/** What a row shows besides the outcome itself. Each LIMIT 1 makes it a look-up by primary key and no join of tables. */
const SURROUNDINGS = Prisma.sql`
  CROSS JOIN LATERAL (SELECT t.request_id, t.operation FROM target t WHERE t.id = o.target_id LIMIT 1) AS t
  CROSS JOIN LATERAL (SELECT * FROM lane l WHERE l.id = o.lane_id LIMIT 1) AS l
  LEFT JOIN LATERAL (
    SELECT a.email FROM request_account a WHERE a.request_id = t.request_id AND a.account_id = o.account_id LIMIT 1
  ) AS a ON true
  CROSS JOIN LATERAL (
    SELECT o.target_id::text AS "targetId", o.account_id AS "accountId", t.request_id AS "requestId", a.email,
      t.operation, l.administrator, l.service, l.region, o.status, o.reason_code AS "reasonCode", o.reason,
      cardinality(o.call_ids) AS sends, o.settled_at AS "settledAt", o.call_ids[cardinality(o.call_ids)] AS "callId"
  ) AS entry`;

/** The reads of outcomes. */
export function createOutcomeReads(
  prisma: GatewayPrisma,
  limits: WalkLimits,
): Pick<
  HistoryStore,
  | 'outcomes'
  | 'countOutcomes'
  | 'outcomesByKey'
  | 'sendsOfOutcomes'
  | 'memberStatusOfOutcomes'
  | 'outcomesOfRequests'
  | 'outcomesOfCalls'
> {
  return {
    async outcomes(caller, filter, page) {
      const statement = selectOutcomes(caller, filter, page, limits);
      return toOutcomePage(
        await readJson<JsonPage<JsonRow<OutcomeRow>, OutcomeKey>>(prisma, statement),
        page,
      );
    },
    async countOutcomes(caller, filter, most) {
      const outcomes = outcomesFor(caller, filter, { first: most, after: null });
      return readJson<number | null>(prisma, selectCount(outcomes.all(limits), most));
    },
    async outcomesByKey(caller, keys) {
      const rows = await readJson<(JsonRow<OutcomeRow> | null)[]>(prisma, selectOutcomesByKey(caller, keys));
      return rows.map((row) => row && toOutcomeRow(row));
    },
    sendsOfOutcomes: (keys) => readJson<SendRow[][]>(prisma, selectSends(keys)),
    async memberStatusOfOutcomes(keys) {
      const rows = await readJson<(JsonRow<MemberStatusRow> | null)[]>(prisma, selectMemberStatuses(keys));
      return rows.map((row) => row && { ...row, memberStatusAt: new Date(row.memberStatusAt) });
    },
    async outcomesOfRequests(requestIds, filter, page) {
      const statement = selectOutcomesOfRequests(requestIds, filter, page, limits);
      const lists = await readJson<JsonPage<JsonRow<OutcomeRow>, OutcomeKey>[]>(prisma, statement);
      return lists.map((list) => toOutcomePage(list, page));
    },
    async outcomesOfCalls(callIds, page) {
      const lists = await readJson<JsonRow<OutcomeRow>[][]>(prisma, selectOutcomesOfCalls(callIds, page));
      return lists.map((rows) => toOutcomePage({ rows, edge: null }, page));
    },
  };
}

/** Outcomes newest first. */
export function selectOutcomes(
  caller: Caller,
  filter: OutcomeFilter,
  page: PageArgs,
  limits: WalkLimits = WALK_LIMITS,
): Prisma.Sql {
  const statement = selectPage(outcomesFor(caller, filter, page).page(limits), toJsonList, EDGE);
  return preparedPage('outcomes', { caller, filter, page, limits }, statement);
}

/** More rows than there are. */
const ALL = 2_000_000_000;

/**
 * All outcomes, newest first, one a row, to be read through a cursor: nothing is sorted but the outcomes of one target at a
 * time, or of some accounts. What surrounds them is looked up row by row, which keeps the order.
 */
export function selectAllOutcomes(caller: Caller, filter: OutcomeFilter): Prisma.Sql {
  const range = rangeOf(filter, { first: ALL, after: null });
  return Prisma.sql`SELECT ${OUTCOME} AS row FROM (${allOutcomes(caller, filter, range)}) AS o ${SURROUNDINGS}`;
}

function allOutcomes(caller: Caller, filter: OutcomeFilter, range: OutcomeRange): Prisma.Sql {
  const { statuses, direction } = range;
  if (statuses?.length === 0) {
    return Prisma.sql`SELECT * FROM outcome WHERE false`;
  }
  if (filter.accountIds == null) {
    const targets =
      filter.requestId == null
        ? walkTargets(caller, filter, range)
        : targetsOfRequest(Prisma.sql`${uuidOrNone(filter.requestId)}::uuid`, caller, filter, range);
    return allByTarget(targets, range);
  }
  const unlimited: WalkLimits = { near: ALL, alone: ALL, far: ALL, branch: ALL, counted: ALL };
  const { ctes, rows } = outcomesFor(caller, filter, { first: ALL, after: null }).all(unlimited);
  return Prisma.sql`
    ${withAll(ctes)} SELECT * FROM (${rows}) AS o ORDER BY o.target_id ${direction.order}, o.account_id ${direction.order}`;
}

/** Each outcome by primary key. */
export function selectOutcomesByKey(caller: Caller, keys: readonly OutcomeKey[]): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT ${OUTCOME} FROM outcome o ${SURROUNDINGS}
      WHERE o.target_id = asked.target_id AND o.account_id = asked.account_id
        AND ${isWantedLane(caller, {}, Prisma.sql`o.lane_id`) ?? Prisma.sql`true`}
    ) ORDER BY asked.place), '[]') AS result
    FROM ${askedKeys(keys)}`;
}

/** What carried each outcome, and what the answer said of its account: look-ups by primary key. */
function selectSends(keys: readonly OutcomeKey[]): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT COALESCE(json_agg(json_build_object('callId', sent.call_id, 'reason', said.reason) ORDER BY sent.place), '[]')
      FROM outcome o
      CROSS JOIN LATERAL unnest(o.call_ids) WITH ORDINALITY AS sent (call_id, place)
      LEFT JOIN LATERAL (
        SELECT listed.entry ->> 'result' AS reason
        FROM call c CROSS JOIN LATERAL jsonb_array_elements(c.unprocessed) AS listed (entry)
        WHERE c.id = sent.call_id AND listed.entry ->> 'accountId' = o.account_id
        LIMIT 1
      ) AS said ON true
      WHERE o.target_id = asked.target_id AND o.account_id = asked.account_id
    ) ORDER BY asked.place), '[]') AS result
    FROM ${askedKeys(keys)}`;
}

/** Where each outcome's member stood at the last look: look-ups by primary key. */
function selectMemberStatuses(keys: readonly OutcomeKey[]): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT json_build_object('memberStatus', f.member_status, 'memberStatusAt', f.member_status_at)
      FROM followed_member f
      WHERE f.target_id = asked.target_id AND f.account_id = asked.account_id AND f.member_status IS NOT NULL
    ) ORDER BY asked.place), '[]') AS result
    FROM ${askedKeys(keys)}`;
}

/** One page of each request, at the same place in all. They share what a page may look through. */
export function selectOutcomesOfRequests(
  requestIds: readonly string[],
  filter: NestedOutcomeFilter,
  page: PageArgs,
  limits: WalkLimits = WALK_LIMITS,
): Prisma.Sql {
  const range = rangeOf(filter, page);
  const targets = complete(targetsOfRequest(Prisma.sql`asked.id`, null, filter, range));
  const share = { ...limits, alone: Math.ceil(limits.alone / Math.max(1, requestIds.length)) };
  const list = selectPage(outcomesByTarget(targets, range).page(share), toJsonList, EDGE);
  const statement = Prisma.sql`
    SELECT COALESCE(json_agg((${list}) ORDER BY asked.place), '[]') AS result
    FROM unnest(${requestIds.map(uuidOrNone)}::uuid[]) WITH ORDINALITY AS asked (id, place)`;
  return preparedPage('outcomes_of_requests', { caller: null, filter, page, limits }, statement);
}

/** One page of each call, at the same place in all. */
export function selectOutcomesOfCalls(callIds: readonly string[], page: PageArgs): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg(
      (${toJsonList(outcomesByCall(Prisma.sql`asked.id`, rangeOf({}, page)))}) ORDER BY asked.place), '[]') AS result
    FROM unnest(${callIds.map(uuidOrNone)}::uuid[]) WITH ORDINALITY AS asked (id, place)`;
}

/**
 * How outcomes are read, from whichever index reads least: a request's targets; the accounts asked for; the reasons; what
 * went wrong; else the targets that may have some.
 */
export function outcomesFor(caller: Caller, filter: OutcomeFilter, page: PageArgs): Source {
  const range = rangeOf(filter, page);
  if (range.statuses?.length === 0) {
    return complete(Prisma.sql`SELECT * FROM outcome WHERE false`);
  }
  const accountIds = filter.accountIds == null ? null : [...new Set(filter.accountIds)];
  if (filter.requestId != null) {
    const requestId = Prisma.sql`${uuidOrNone(filter.requestId)}::uuid`;
    const targets = targetsOfRequest(requestId, caller, filter, range);
    if (accountIds !== null) {
      return complete(accountOutcomesByTarget(targets, accountIds, range));
    }
    if (range.reasonCodes === null) {
      return outcomesByTarget(complete(targets), range);
    }
    const lanes = Prisma.sql`(SELECT t.lane_id AS id, t.id AS target_id FROM (${targets}) AS t) AS l`;
    // Not by `=`: the primary key would look as good, and has everything else of the target in it.
    const within = Prisma.sql`(o.target_id, o.account_id) >= (branch.target_id, ${BEFORE_ALL_ACCOUNTS})
      AND (o.target_id, o.account_id) < (branch.target_id, ${PAST_ALL_ACCOUNTS})`;
    return outcomesByReason(range.reasonCodes, lanes, within, range);
  }
  const isWantedOutcome = isWantedLane(caller, filter, Prisma.sql`o.lane_id`);
  if (accountIds !== null) {
    return outcomesByAccount(accountIds, isWantedOutcome, range);
  }
  if (range.reasonCodes !== null) {
    const within = settledWithin(Prisma.sql`o.target_id`, caller, filter, range);
    return outcomesByReason(range.reasonCodes, wantedLanes(caller, filter), within, range);
  }
  const exceptions = range.statuses?.filter(isException) ?? [];
  const isNarrowed = isWantedOutcome !== null || range.operations !== null || isTimed(range);
  if (!isNarrowed && exceptions.length > 0 && exceptions.length === range.statuses?.length) {
    return outcomesByException(exceptions, range);
  }
  const byTarget = () => outcomesByTarget(sourceOf(targetsOfAll(caller, filter, range)), range);
  if (isNarrowed || range.statuses !== null) {
    return byTarget();
  }
  return { page: () => allInOrder(range), all: (limits) => byTarget().all(limits) };
}

/** Without conditions, the primary key is the list: what has been erased is not in the table. */
function allInOrder({ bound, direction: { behind, order }, limit }: OutcomeRange): Walk {
  const rows = Prisma.sql`
    SELECT o.* FROM outcome o
    WHERE (o.target_id, o.account_id) ${behind} (${bound.targetId}::bigint, ${bound.accountId}) AND o.target_id >= ${KEPT_FROM}
    ORDER BY o.target_id ${order}, o.account_id ${order}
    LIMIT ${limit}::int`;
  return { ctes: [], rows, edge: null };
}

function rangeOf(filter: OutcomeFilter, page: PageArgs): OutcomeRange {
  return {
    ...toConditions(filter),
    bound: outcomeBound(page),
    direction: directionOf(page),
    limit: limitOf(page),
  };
}

function askedKeys(keys: readonly OutcomeKey[]): Prisma.Sql {
  return Prisma.sql`unnest(
      ${keys.map(({ targetId }) => targetIdOrNone(targetId))}::bigint[],
      ${keys.map(({ accountId }) => accountId)}::text[]
    ) WITH ORDINALITY AS asked (target_id, account_id, place)`;
}

function toJsonList(source: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg(${OUTCOME} ORDER BY o.target_id DESC, o.account_id DESC), '[]')
    FROM (${source}) AS o ${SURROUNDINGS}`;
}

function toOutcomePage(
  { rows, edge }: JsonPage<JsonRow<OutcomeRow>, OutcomeKey>,
  page: PageArgs,
): Page<OutcomeRow> {
  return toPage({ rows, edge: edge && outcomeCursor(edge) }, page, toOutcomeRow, outcomeCursor);
}

/** An outcome out of JSON. */
export function toOutcomeRow(json: JsonRow<OutcomeRow>): OutcomeRow {
  return { ...json, settledAt: toDate(json.settledAt) };
}
