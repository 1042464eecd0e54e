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
import { checkPage, type PageInput } from '../input/pageArgs.js';

/** Most records one statement looks up by key: a page of 100 with 100 in each, the most one operation nests two deep. */
const KEYS_PER_STATEMENT = 10_000;

/** Most parents whose pages one statement reads: with 100 rows each it already answers with 10,000. */
const PARENTS_PER_STATEMENT = 100;

/** Most retries of one request that are shown, the newest: it takes a script gone wild to make more. */
const RETRIES_SHOWN = 100;

/**
 * Reads of the record that fan out from other records. All that are asked for in the same moment travel in one
 * statement, and what was read is kept until `forget`: one set of loaders serves one operation of one caller.
 */
export interface Loaders {
  /** Null when it does not exist or the caller may not see it. */
  request(requestId: string): Promise<RequestRow | null>;
  /** Null when it does not exist or the caller may not see it. */
  call(callId: string): Promise<CallRow | null>;
  /** Null when it does not exist or the caller may not see it. */
  outcome(key: OutcomeKey): Promise<OutcomeRow | null>;
  /** Every call that carried an outcome the caller has been shown, in order. */
  sends(key: OutcomeKey): Promise<readonly SendRow[]>;
  /** Where the member of an outcome the caller has been shown stood at the last look; null when nobody has looked. */
  memberStatus(key: OutcomeKey): Promise<MemberStatusRow | null>;
  /** The targets of a request the caller has been shown. */
  targets(requestId: string): Promise<readonly TargetRow[]>;
  /** The newest retries of a request the caller has been shown, newest first. */
  retries(requestId: string): Promise<readonly RequestRow[]>;
  /** A page of the outcomes of a request the caller has been shown; rejects with `BAD_USER_INPUT` for a wrong page. */
  outcomesOfRequest(
    requestId: string,
    filter: NestedOutcomeFilter,
    page: PageInput,
  ): Promise<Page<OutcomeRow>>;
  /** A page of what a call carried; rejects with `BAD_USER_INPUT` for a wrong page. */
  outcomesOfCall(callId: string, page: PageInput): Promise<Page<OutcomeRow>>;
  /** A page of the calls of a request the caller has been shown; rejects with `BAD_USER_INPUT` for a wrong page. */
  callsOfRequest(requestId: string, page: PageInput): Promise<Page<CallRow>>;
  /** Drops everything read so far, since a mutation has changed the record. */
  forget(): void;
}

/** What names an outcome in the record. */
export interface OutcomeKey {
  readonly targetId: string;
  readonly accountId: string;
}

/** Loaders for one operation of one caller. */
export function createLoaders(store: HistoryStore, caller: Caller): Loaders {
  let reads = createReads(store, caller);
  return {
    request: (requestId) => reads.requests.load(requestId),
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
    calls: new DataLoader((ids: readonly string[]) => store.callsById(caller, ids), options),
    outcomes: new DataLoader((keys: readonly OutcomeKey[]) => store.outcomesByKey(caller, keys), {
      ...options,
      cacheKeyFn: outcomeName,
    }),
    sends: new DataLoader((keys: readonly OutcomeKey[]) => store.sendsOfOutcomes(keys), {
      ...options,
      cacheKeyFn: outcomeName,
    }),
    memberStatuses: new DataLoader((keys: readonly OutcomeKey[]) => store.memberStatusOfOutcomes(keys), {
      ...options,
      cacheKeyFn: outcomeName,
    }),
    targets: new DataLoader((ids: readonly string[]) => store.targetsOfRequests(ids), {
      maxBatchSize: PARENTS_PER_STATEMENT,
    }),
    retries: new DataLoader((ids: readonly string[]) => store.retriesOfRequests(ids, RETRIES_SHOWN), {
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

function outcomeName({ targetId, accountId }: OutcomeKey): string {
  return `${targetId} ${accountId}`;
}

/** One DataLoader per distinct arguments: all parents asked with the same ones are read together. */
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

/** The same filter in the same words, so that equal ones share a statement. */
function canonical({ statuses, service, region }: NestedOutcomeFilter): NestedOutcomeFilter {
  return {
    statuses: statuses ? [...new Set(statuses)].sort() : null,
    service: service ?? null,
    region: region ?? null,
  };
}
