import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type {
  HistoryStore,
  MemberStatusRow,
  NestedOutcomeFilter,
  OutcomeFilter,
  OutcomeRow,
  PageArgs,
  SendRow,
} from '../../../ports/history.js';
import type { OutcomeKey } from '../../../ports/pages.js';
import type { GatewayPrisma } from '../../connection/client.js';
import { laneIdCondition } from '../../sql/grants.js';
import { type JsonPage, type JsonRow, readJson } from '../../sql/jsonPages.js';
import { wantedIds, wantedOutcomes } from '../../sql/wantedRows.js';
import { selectCount } from './boundedCount.js';
import { selectPage, smallList } from './boundedPage.js';
import { SCAN_LIMITS, type ScanLimits } from './keysetList.js';
import { toRange } from './outcomeConditions.js';
import { outcomePages } from './outcomePages.js';
import {
  OUTCOME,
  OUTCOME_JOINS,
  OUTCOME_PAGE_END,
  toOutcomeList,
  toOutcomePage,
  toOutcomeRow,
} from './outcomeRows.js';
import { oneOutcome } from './oneOutcome.js';
import { outcomesByCall } from './outcomesByIndex.js';
import { outcomesByTarget } from './outcomesByTarget.js';
import { preparedPage } from './preparedPages.js';
import { targetsOfRequest } from './targetPages.js';

/** The outcome of a row of `wantedOutcomes`. */
const WANTED_OUTCOME = oneOutcome(Prisma.sql`wanted.target_id`, Prisma.sql`wanted.account_id`);

type OutcomePageJson = JsonPage<JsonRow<OutcomeRow>, OutcomeKey>;

/** The reads of outcomes. */
export function createOutcomeReads(
  prisma: GatewayPrisma,
  limits: ScanLimits,
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
      return toOutcomePage(await readJson<OutcomePageJson>(prisma, statement), page);
    },
    async countOutcomes(caller, filter, limit) {
      const outcomes = outcomePages(caller, filter, { first: limit, after: null });
      return readJson<number | null>(prisma, selectCount(outcomes.planCount(limits), limit));
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
      const lists = await readJson<OutcomePageJson[]>(prisma, statement);
      return lists.map((list) => toOutcomePage(list, page));
    },
    async outcomesOfCalls(callIds, page) {
      const lists = await readJson<JsonRow<OutcomeRow>[][]>(prisma, selectOutcomesOfCalls(callIds, page));
      return lists.map((rows) => toOutcomePage({ rows, pageEnd: null }, page));
    },
  };
}

/** A page of outcomes. */
export function selectOutcomes(
  caller: Caller,
  filter: OutcomeFilter,
  page: PageArgs,
  limits: ScanLimits = SCAN_LIMITS,
): Prisma.Sql {
  const plan = outcomePages(caller, filter, page).planPage(limits);
  const statement = selectPage(plan, toOutcomeList, OUTCOME_PAGE_END);
  return preparedPage('outcomes', { caller, filter, page, limits }, statement);
}

/** Each outcome by primary key. */
export function selectOutcomesByKey(caller: Caller, keys: readonly OutcomeKey[]): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT ${OUTCOME} FROM ${WANTED_OUTCOME} AS o ${OUTCOME_JOINS}
      WHERE ${laneIdCondition(caller, {}, Prisma.sql`o.lane_id`) ?? Prisma.sql`true`}
    ) ORDER BY wanted.place), '[]') AS result
    FROM ${wantedOutcomes(keys)}`;
}

/** The calls of each outcome, and what each answer said of its account: look-ups by primary key. */
function selectSends(keys: readonly OutcomeKey[]): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT COALESCE(json_agg(json_build_object('callId', sent.call_id, 'reason', answer.reason) ORDER BY sent.place), '[]')
      FROM ${WANTED_OUTCOME} AS o
      CROSS JOIN LATERAL unnest(o.call_ids) WITH ORDINALITY AS sent (call_id, place)
      LEFT JOIN LATERAL (
        SELECT listed.entry ->> 'result' AS reason
        FROM call c CROSS JOIN LATERAL jsonb_array_elements(c.unprocessed) AS listed (entry)
        WHERE c.id = sent.call_id AND listed.entry ->> 'accountId' = o.account_id
        LIMIT 1
      ) AS answer ON true
    ) ORDER BY wanted.place), '[]') AS result
    FROM ${wantedOutcomes(keys)}`;
}

/** The status of each outcome's member when it was last read: look-ups by primary key. */
function selectMemberStatuses(keys: readonly OutcomeKey[]): Prisma.Sql {
  return Prisma.sql`
    SELECT COALESCE(json_agg((
      SELECT json_build_object('memberStatus', f.member_status, 'memberStatusAt', f.member_status_at)
      FROM followed_member f
      WHERE f.target_id = wanted.target_id AND f.account_id = wanted.account_id AND f.member_status IS NOT NULL
    ) ORDER BY wanted.place), '[]') AS result
    FROM ${wantedOutcomes(keys)}`;
}

/** One page of the outcomes of each request, all with the same cursor. The requests share the limit of rows read. */
export function selectOutcomesOfRequests(
  requestIds: readonly string[],
  filter: NestedOutcomeFilter,
  page: PageArgs,
  limits: ScanLimits = SCAN_LIMITS,
): Prisma.Sql {
  const range = toRange(filter, page);
  const targets = smallList(targetsOfRequest(Prisma.sql`wanted.id`, null, filter, range));
  const share = { ...limits, scan: Math.ceil(limits.scan / Math.max(1, requestIds.length)) };
  const plan = outcomesByTarget(targets, range).planPage(share);
  const statement = Prisma.sql`
    SELECT COALESCE(json_agg((${selectPage(plan, toOutcomeList, OUTCOME_PAGE_END)}) ORDER BY wanted.place), '[]') AS result
    FROM ${wantedIds(requestIds)}`;
  return preparedPage('outcomes_of_requests', { caller: null, filter, page, limits }, statement);
}

/** One page of the outcomes of each call, all with the same cursor. */
export function selectOutcomesOfCalls(callIds: readonly string[], page: PageArgs): Prisma.Sql {
  const outcomes = outcomesByCall(Prisma.sql`wanted.id`, toRange({}, page));
  return Prisma.sql`
    SELECT COALESCE(json_agg((${toOutcomeList(outcomes)}) ORDER BY wanted.place), '[]') AS result
    FROM ${wantedIds(callIds)}`;
}
