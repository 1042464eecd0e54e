// Schema classes have decorators.
import 'reflect-metadata';
import type { Caller } from '../../../src/membership.js';
import type {
  CallRow,
  HistoryStore,
  OutcomeFilter,
  OutcomeRow,
  Page,
  PageArgs,
  RequestRow,
  TargetRow,
} from '../../../src/ports/history.js';
import { toOutcome } from '../../../src/resolvers/toSchema.js';

/** A history store in memory that records its reads. */
export interface MemoryHistory extends HistoryStore {
  readonly requestRows: RequestRow[];
  readonly targetRows: TargetRow[];
  readonly outcomeRows: OutcomeRow[];
  readonly callRows: CallRow[];
  /** Names of the reads, in order. */
  readonly reads: string[];
  /** Arguments of the reads, in order. */
  readonly readArguments: unknown[][];
}

/** A UUID that ends in a number. */
export function uuid(n: number): string {
  return `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
}

/** A record without rows. Its reads see the rows that a test pushes. */
export function createMemoryHistory(): MemoryHistory {
  const rows: Rows = { requestRows: [], targetRows: [], outcomeRows: [], callRows: [] };
  const store: HistoryStore = {
    ...readLists(rows),
    ...countLists(rows),
    ...readByKey(rows),
    ...readOfOutcomes(rows),
    ...readOfRequests(rows),
    statistics: async () => [],
    statisticsAccounts: async () => [],
    statisticsCost: async () => 0,
  };
  return { ...rows, ...recordReads(store) };
}

type Rows = Pick<MemoryHistory, 'requestRows' | 'targetRows' | 'outcomeRows' | 'callRows'>;

function readLists({
  requestRows,
  outcomeRows,
  callRows,
}: Rows): Pick<HistoryStore, 'requests' | 'outcomes' | 'outcomesAsText' | 'calls'> {
  const outcomes: HistoryStore['outcomes'] = async (caller, filter, args) => {
    const matching = visible(outcomeRows, caller).filter((row) => meets(row, filter));
    return page(matching, args);
  };
  return {
    requests: async (caller, _filter, args) => page(visible(requestRows, caller), args),
    outcomes,
    async outcomesAsText(caller, filter, args, columns) {
      const { edges, ...ends } = await outcomes(caller, filter, args);
      const nodes = edges.map(({ node }) => {
        const shown = toOutcome(node);
        return JSON.stringify(Object.fromEntries(columns.map(({ as, column }) => [as, shown[column]])));
      });
      return { nodes: nodes.join(','), ...ends };
    },
    calls: async (caller, _filter, args) => page(visible(callRows, caller), args),
  };
}

function countLists({
  requestRows,
  outcomeRows,
  callRows,
}: Rows): Pick<HistoryStore, 'countRequests' | 'countOutcomes' | 'countCalls'> {
  return {
    countRequests: async (caller, _filter, limit) => upTo(limit, visible(requestRows, caller).length),
    countOutcomes: async (caller, filter, limit) =>
      upTo(limit, visible(outcomeRows, caller).filter((row) => meets(row, filter)).length),
    countCalls: async (caller, _filter, limit) => upTo(limit, visible(callRows, caller).length),
  };
}

function readByKey({
  requestRows,
  outcomeRows,
  callRows,
  targetRows,
}: Rows): Pick<HistoryStore, 'requestsById' | 'requestsWithTargets' | 'callsById' | 'outcomesByKey'> {
  return {
    requestsWithTargets: async (caller, ids) =>
      ids.map((id) => {
        const request = visible(requestRows, caller).find((row) => row.id === id);
        return request === undefined ? null : [request, targetRows.filter((row) => row.requestId === id)];
      }),
    requestsById: async (caller, ids) =>
      ids.map((id) => visible(requestRows, caller).find((row) => row.id === id) ?? null),
    callsById: async (caller, ids) =>
      ids.map((id) => visible(callRows, caller).find((row) => row.id === id) ?? null),
    outcomesByKey: async (caller, keys) =>
      keys.map((key) => visible(outcomeRows, caller).find((row) => isOutcome(row, key)) ?? null),
  };
}

function readOfOutcomes({
  outcomeRows,
}: Rows): Pick<HistoryStore, 'sendsOfOutcomes' | 'memberStatusOfOutcomes' | 'outcomesOfCalls'> {
  return {
    sendsOfOutcomes: async (keys) =>
      keys.map((key) =>
        outcomeRows
          .filter((row) => isOutcome(row, key))
          .flatMap(({ callId, reason }) => (callId === null ? [] : [{ callId, reason }])),
      ),
    memberStatusOfOutcomes: async (keys) => keys.map(() => null),
    outcomesOfCalls: async (ids, args) => {
      const ofCall = (id: string) => outcomeRows.filter((row) => row.callId === id);
      return ids.map((id) => page(ofCall(id), args));
    },
  };
}

function readOfRequests({
  requestRows,
  targetRows,
  outcomeRows,
  callRows,
}: Rows): Pick<
  HistoryStore,
  'targetsOfRequests' | 'retriesOfRequests' | 'outcomesOfRequests' | 'callsOfRequests'
> {
  const callsOf = (requestId: string) => {
    const ids = new Set(outcomeRows.filter((row) => row.requestId === requestId).map((row) => row.callId));
    return callRows.filter((row) => ids.has(row.id));
  };
  return {
    targetsOfRequests: async (ids) => ids.map((id) => targetRows.filter((row) => row.requestId === id)),
    retriesOfRequests: async (ids, limit) =>
      ids.map((id) => requestRows.filter((row) => row.retryOf === id).slice(0, limit)),
    outcomesOfRequests: async (ids, filter, args) => {
      const ofRequest = (requestId: string) =>
        outcomeRows.filter((row) => meets(row, { ...filter, requestId }));
      return ids.map((id) => page(ofRequest(id), args));
    },
    callsOfRequests: async (ids, args) => ids.map((id) => page(callsOf(id), args)),
  };
}

/** The store, with the names and the arguments of its reads. */
function recordReads(store: HistoryStore): HistoryStore & Pick<MemoryHistory, 'reads' | 'readArguments'> {
  const reads: string[] = [];
  const readArguments: unknown[][] = [];
  const recorded = Object.entries(store).map(([name, read]) => [
    name,
    (...args: unknown[]) => {
      reads.push(name);
      readArguments.push(args);
      return (read as (...args: unknown[]) => unknown)(...args);
    },
  ]);
  return { ...(Object.fromEntries(recorded) as HistoryStore), reads, readArguments };
}

/** Writes `requests` requests of `accounts` accounts each, at one target and carried by one call each. */
export function fill(history: MemoryHistory, requests: number, accounts: number): void {
  for (let r = 1; r <= requests; r++) {
    const lane = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' } as const;
    const shared = { ...lane, operation: 'CREATE_MEMBERS', requestId: uuid(r) } as const;
    history.requestRows.push(requestRow({ id: uuid(r) }));
    history.callRows.push(callRow({ id: uuid(1000 + r), accountCount: accounts }));
    for (let a = 1; a <= accounts; a++) {
      history.outcomeRows.push({
        ...shared,
        targetId: String(r),
        accountId: String(a).padStart(12, '0'),
        email: `member${a}@example.com`,
        status: 'PROCESSED',
        reasonCode: null,
        reason: null,
        sends: 1,
        settledAt: new Date('2026-03-01T02:00:05Z'),
        callId: uuid(1000 + r),
      });
    }
    history.targetRows.push({
      ...lane,
      requestId: uuid(r),
      detectorId: null,
      isErased: false,
      counts: { ...NONE, total: accounts, processed: accounts },
    });
  }
}

export const NONE = {
  total: 0,
  pending: 0,
  inFlight: 0,
  processed: 0,
  unprocessed: 0,
  failed: 0,
  canceled: 0,
};

export function requestRow(some: Partial<RequestRow> = {}): RequestRow {
  return {
    id: uuid(1),
    operation: 'CREATE_MEMBERS',
    status: 'SUCCEEDED',
    administrator: 'security',
    callerId: 'local',
    callerName: null,
    callerKind: 'LOCAL',
    note: null,
    idempotencyKey: null,
    alreadyMember: null,
    createdAt: new Date('2026-03-01T02:00:00Z'),
    startedAt: new Date('2026-03-01T02:00:01Z'),
    finishedAt: new Date('2026-03-01T02:00:05Z'),
    retryOf: null,
    ...some,
  };
}

export function callRow(some: Partial<CallRow> = {}): CallRow {
  return {
    id: uuid(1001),
    operation: 'CREATE_MEMBERS',
    administrator: 'security',
    service: 'GUARDDUTY',
    region: 'eu-west-1',
    status: 'ANSWERED',
    accountCount: 1,
    startedAt: new Date('2026-03-01T02:00:01Z'),
    finishedAt: new Date('2026-03-01T02:00:01.250Z'),
    httpStatus: 200,
    awsRequestId: 'aws-1',
    attempts: 1,
    errorCode: null,
    errorMessage: null,
    readBackError: null,
    resolvedBy: null,
    resolution: null,
    lateAnswer: null,
    ...some,
  };
}

function visible<Row extends { administrator: string }>(rows: readonly Row[], caller: Caller): Row[] {
  return rows.filter((row) => caller.administrators?.includes(row.administrator) ?? true);
}

function isOutcome(row: OutcomeRow, key: Pick<OutcomeRow, 'targetId' | 'accountId'>): boolean {
  return row.targetId === key.targetId && row.accountId === key.accountId;
}

function meets(row: OutcomeRow, filter: OutcomeFilter): boolean {
  const { requestId, accountIds, statuses, service, region } = filter;
  return (
    row.requestId === (requestId ?? row.requestId) &&
    (accountIds ?? [row.accountId]).includes(row.accountId) &&
    (statuses ?? [row.status]).includes(row.status) &&
    row.service === (service ?? row.service) &&
    row.region === (region ?? row.region)
  );
}

function upTo(limit: number, count: number): number | null {
  return count > limit ? null : count;
}

/** A page; cursors are positions in the list. */
function page<Row>(rows: readonly Row[], args: PageArgs): Page<Row> {
  const all = rows.map((node, position) => ({ cursor: String(position), node }));
  const cursorsOf = (edges: readonly { cursor: string }[]) => ({
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  });
  if ('last' in args) {
    const end = args.before === null ? rows.length : Number(args.before);
    const start = Math.max(0, end - args.last);
    const edges = all.slice(start, end);
    return { edges, hasNextPage: args.before !== null, hasPreviousPage: start > 0, ...cursorsOf(edges) };
  }
  const { first, after } = args;
  const start = after === null ? 0 : Number(after) + 1;
  const edges = all.slice(start, start + first);
  return {
    edges,
    hasNextPage: rows.length > start + first,
    hasPreviousPage: after !== null,
    ...cursorsOf(edges),
  };
}
