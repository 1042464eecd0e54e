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

/** A record in memory that notes its reads. */
export interface MemoryHistory extends HistoryStore {
  readonly requestRows: RequestRow[];
  readonly targetRows: TargetRow[];
  readonly outcomeRows: OutcomeRow[];
  readonly callRows: CallRow[];
  /** Names of the reads, in order. */
  readonly reads: string[];
  /** Arguments of the reads, in order. */
  readonly asked: unknown[][];
}

/** A UUID that ends in a number. */
export function uuid(n: number): string {
  return `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
}

export function createMemoryHistory(): MemoryHistory {
  const rows = {
    requestRows: [] as RequestRow[],
    targetRows: [] as TargetRow[],
    outcomeRows: [] as OutcomeRow[],
    callRows: [] as CallRow[],
  };
  const { requestRows, targetRows, outcomeRows, callRows } = rows;
  const sees = (caller: Caller, row: { administrator: string }) =>
    caller.administrators?.includes(row.administrator) ?? true;
  const callsOf = (requestId: string) => {
    const ids = new Set(outcomeRows.filter((row) => row.requestId === requestId).map((row) => row.callId));
    return callRows.filter((row) => ids.has(row.id));
  };
  const store: HistoryStore = {
    requests: async (caller, _filter, args) =>
      page(
        requestRows.filter((row) => sees(caller, row)),
        args,
      ),
    countRequests: async (caller, _filter, most) =>
      upTo(most, requestRows.filter((row) => sees(caller, row)).length),
    countOutcomes: async (caller, filter, most) =>
      upTo(most, outcomeRows.filter((row) => sees(caller, row) && meets(row, filter)).length),
    countCalls: async (caller, _filter, most) =>
      upTo(most, callRows.filter((row) => sees(caller, row)).length),
    outcomes: async (caller, filter, args) =>
      page(
        outcomeRows.filter((row) => sees(caller, row) && meets(row, filter)),
        args,
      ),
    async outcomesAsText(caller, filter, args, columns) {
      const { edges, ...ends } = await store.outcomes(caller, filter, args);
      const nodes = edges.map(({ node }) => {
        const shown = toOutcome(node);
        return JSON.stringify(Object.fromEntries(columns.map(({ as, column }) => [as, shown[column]])));
      });
      return { nodes: nodes.join(','), ...ends };
    },
    calls: async (caller, _filter, args) =>
      page(
        callRows.filter((row) => sees(caller, row)),
        args,
      ),
    requestsById: async (caller, ids) =>
      ids.map((id) => requestRows.find((row) => row.id === id && sees(caller, row)) ?? null),
    callsById: async (caller, ids) =>
      ids.map((id) => callRows.find((row) => row.id === id && sees(caller, row)) ?? null),
    outcomesByKey: async (caller, keys) =>
      keys.map(
        (key) =>
          outcomeRows.find(
            (row) => row.targetId === key.targetId && row.accountId === key.accountId && sees(caller, row),
          ) ?? null,
      ),
    statistics: async () => [],
    statisticsAccounts: async () => [],
    sendsOfOutcomes: async (keys) =>
      keys.map((key) =>
        outcomeRows
          .filter((row) => row.targetId === key.targetId && row.accountId === key.accountId)
          .flatMap((row) => (row.callId === null ? [] : [{ callId: row.callId, reason: row.reason }])),
      ),
    memberStatusOfOutcomes: async (keys) => keys.map(() => null),
    targetsOfRequests: async (ids) => ids.map((id) => targetRows.filter((row) => row.requestId === id)),
    retriesOfRequests: async (ids, most) =>
      ids.map((id) => requestRows.filter((row) => row.retryOf === id).slice(0, most)),
    outcomesOfRequests: async (ids, filter, args) =>
      ids.map((requestId) =>
        page(
          outcomeRows.filter((row) => meets(row, { ...filter, requestId })),
          args,
        ),
      ),
    outcomesOfCalls: async (ids, args) =>
      ids.map((id) =>
        page(
          outcomeRows.filter((row) => row.callId === id),
          args,
        ),
      ),
    callsOfRequests: async (ids, args) => ids.map((id) => page(callsOf(id), args)),
  };
  const reads: string[] = [];
  const asked: unknown[][] = [];
  const counted = Object.fromEntries(
    Object.entries(store).map(([name, read]) => [
      name,
      (...args: unknown[]) => {
        reads.push(name);
        asked.push(args);
        return (read as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as HistoryStore;
  return { ...rows, reads, asked, ...counted };
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
    callerKind: 'LOCAL',
    note: null,
    idempotencyKey: null,
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
    lateAnswer: null,
    ...some,
  };
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

function upTo(most: number, count: number): number | null {
  return count > most ? null : count;
}

/** A page; cursors are positions in the list. */
function page<Row>(rows: readonly Row[], args: PageArgs): Page<Row> {
  const places = rows.map((node, place) => ({ cursor: String(place), node }));
  const cursorsOf = (edges: readonly { cursor: string }[]) => ({
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  });
  if ('last' in args) {
    const end = args.before === null ? rows.length : Number(args.before);
    const start = Math.max(0, end - args.last);
    const edges = places.slice(start, end);
    return { edges, hasNextPage: args.before !== null, hasPreviousPage: start > 0, ...cursorsOf(edges) };
  }
  const { first, after } = args;
  const start = after === null ? 0 : Number(after) + 1;
  const edges = places.slice(start, start + first);
  return {
    edges,
    hasNextPage: rows.length > start + first,
    hasPreviousPage: after !== null,
    ...cursorsOf(edges),
  };
}
