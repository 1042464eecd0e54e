import DataLoader from 'dataloader';
import type { Caller } from '../../membership.js';
import type {
  CallRow,
  HistoryStore,
  MemberStatusRow,
  NestedOutcomeFilter,
  OutcomeRow,
  Page,
  PageArgs,
  RequestRow,
  SendRow,
  TargetRow,
} from '../../ports/history.js';
import type { OutcomeKey } from '../../ports/pages.js';
import { checkPage, type PageInput } from '../input/pageArgs.js';

/** Most records that one statement looks up by key: a page of 100 with pages of 100, the most that one operation nests. */
const KEYS_PER_STATEMENT = 10_000;

/** Most parents whose pages one statement reads: with 100 rows each it answers with 10,000 rows. */
const PARENTS_PER_STATEMENT = 100;

/** Most retries of one request in an answer, the newest: only a faulty script makes more. */
const MAX_RETRIES = 100;

/**
 * Reads of records by their ids or their parents, for one operation of one caller. All reads of one tick are batched into one
 * statement. Results are cached until `forget`.
 *
 * Reads by parent need no grant: the caller has been shown the parent.
 */
export interface Loaders {
  /** Null when it does not exist or the caller may not see it. */
  request(requestId: string): Promise<RequestRow | null>;
  /** The same, and reads its targets with it: for the one request of an answer. */
  requestWithTargets(requestId: string): Promise<RequestRow | null>;
  /** Null when it does not exist or the caller may not see it. */
  call(callId: string): Promise<CallRow | null>;
  /** Null when it does not exist or the caller may not see it. */
  outcome(key: OutcomeKey): Promise<OutcomeRow | null>;
  /** Every call that carried the outcome, in order. */
  sends(key: OutcomeKey): Promise<readonly SendRow[]>;
  /** The status of the outcome's member when it was last read; null before that. */
  memberStatus(key: OutcomeKey): Promise<MemberStatusRow | null>;
  targets(requestId: string): Promise<readonly TargetRow[]>;
  /** The newest 100 retries of a request, newest first. */
  retries(requestId: string): Promise<readonly RequestRow[]>;
  /** A page of the outcomes of a request; rejects with `BAD_USER_INPUT` for a wrong page. */
  outcomesOfRequest(
    requestId: string,
    filter: NestedOutcomeFilter,
    page: PageInput,
  ): Promise<Page<OutcomeRow>>;
  /** A page of the outcomes that a call carried; rejects with `BAD_USER_INPUT` for a wrong page. */
  outcomesOfCall(callId: string, page: PageInput): Promise<Page<OutcomeRow>>;
  /** A page of the calls of a request; rejects with `BAD_USER_INPUT` for a wrong page. */
  callsOfRequest(requestId: string, page: PageInput): Promise<Page<CallRow>>;
  /** Empties the cache, after a mutation has changed the record. */
  forget(): void;
}

/** Loaders for one operation of one caller. */
export function createLoaders(store: HistoryStore, caller: Caller): Loaders {
  let reads = createReads(store, caller);
  return {
    request: (requestId) => reads.requests.load(requestId),
    async requestWithTargets(requestId) {
      const { requestsWithTargets, targets } = reads;
      const [request, targetRows] = (await requestsWithTargets.load(requestId)) ?? [null, []];
      targets.prime(requestId, targetRows);
      return request;
    },
    call: (callId) => reads.calls.load(callId),
    outcome: (key) => reads.outcomes.load(key),
    sends: (key) => reads.sends.load(key),
    memberStatus: (key) => reads.memberStatuses.load(key),
    targets: (requestId) => reads.targets.load(requestId),
    retries: (requestId) => reads.retries.load(requestId),
    async outcomesOfRequest(requestId, filter, page) {
      return reads.outcomesOfRequests(requestId, { filter: canonical(filter), page: checkPage(page) });
    },
    async outcomesOfCall(callId, page) {
      return reads.outcomesOfCalls(callId, checkPage(page));
    },
    async callsOfRequest(requestId, page) {
      return reads.callsOfRequests(requestId, checkPage(page));
    },
    forget() {
      reads = createReads(store, caller);
    },
  };
}

function createReads(store: HistoryStore, caller: Caller) {
  const options = { maxBatchSize: KEYS_PER_STATEMENT };
  return {
    requests: new DataLoader((ids: readonly string[]) => store.requestsById(caller, ids), options),
    requestsWithTargets: new DataLoader((ids: readonly string[]) => store.requestsWithTargets(caller, ids), {
      maxBatchSize: PARENTS_PER_STATEMENT,
    }),
    calls: new DataLoader((ids: readonly string[]) => store.callsById(caller, ids), options),
    outcomes: new DataLoader((keys: readonly OutcomeKey[]) => store.outcomesByKey(caller, keys), {
      ...options,
      cacheKeyFn: outcomeCacheKey,
    }),
    sends: new DataLoader((keys: readonly OutcomeKey[]) => store.sendsOfOutcomes(keys), {
      ...options,
      cacheKeyFn: outcomeCacheKey,
    }),
    memberStatuses: new DataLoader((keys: readonly OutcomeKey[]) => store.memberStatusOfOutcomes(keys), {
      ...options,
      cacheKeyFn: outcomeCacheKey,
    }),
    targets: new DataLoader((ids: readonly string[]) => store.targetsOfRequests(ids), {
      maxBatchSize: PARENTS_PER_STATEMENT,
    }),
    retries: new DataLoader((ids: readonly string[]) => store.retriesOfRequests(ids, MAX_RETRIES), {
      maxBatchSize: PARENTS_PER_STATEMENT,
    }),
    outcomesOfRequests: byArguments(
      (ids, { filter, page }: { filter: NestedOutcomeFilter; page: PageArgs }) =>
        store.outcomesOfRequests(ids, filter, page),
    ),
    outcomesOfCalls: byArguments((ids, page: PageArgs) => store.outcomesOfCalls(ids, page)),
    callsOfRequests: byArguments((ids, page: PageArgs) => store.callsOfRequests(ids, page)),
  };
}

function outcomeCacheKey({ targetId, accountId }: OutcomeKey): string {
  return `${targetId} ${accountId}`;
}

/** One DataLoader for each set of arguments: parents with equal arguments are read by one statement. */
function byArguments<Args, Row>(
  read: (parentIds: readonly string[], args: Args) => Promise<Page<Row>[]>,
): (parentId: string, args: Args) => Promise<Page<Row>> {
  const loaders = new Map<string, DataLoader<string, Page<Row>>>();
  return (parentId, args) => {
    const key = JSON.stringify(args);
    let loader = loaders.get(key);
    if (loader === undefined) {
      loader = new DataLoader((ids: readonly string[]) => read(ids, args), {
        maxBatchSize: PARENTS_PER_STATEMENT,
      });
      loaders.set(key, loader);
    }
    return loader.load(parentId);
  };
}

/** The filter in one form, so that equal filters share a statement. */
function canonical({ statuses, service, region }: NestedOutcomeFilter): NestedOutcomeFilter {
  return {
    statuses: statuses ? [...new Set(statuses)].sort() : null,
    service: service ?? null,
    region: region ?? null,
  };
}
