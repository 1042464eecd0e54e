import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  LOCAL_CALLER,
  MEMBERSHIP_OPERATIONS,
  OUTCOME_STATUSES,
  SECURITY_SERVICES,
  type Caller,
} from '../../../src/membership.js';
import type {
  CallRow,
  LaneFilter,
  OutcomeRow,
  Page,
  PageArgs,
  RequestRow,
} from '../../../src/ports/history.js';
import { outcomeNodeId } from '../../../src/services/input/nodeId.js';
import { createHistoryStore } from '../../../src/store/history/history.js';
import type { ScanLimits } from '../../../src/store/history/pages/keysetList.js';
import { ARCHIVE, keyOf, readAll, readAllBackward } from './historyReading.js';
import { requestIdOf, timeOf, writeRun } from './historyRecord.js';
import { byRunLength } from '../../support/runLength.js';
import { useTestRecord } from '../testRecord.js';

const record = useTestRecord(async (prisma) => {
  await writeRun(prisma, { administrator: 'security', from: 1, to: 4, accounts: 30 });
  await writeRun(prisma, { administrator: 'archive', from: 5, to: 6, accounts: 30 });
  await writeRun(prisma, { administrator: 'security', from: 7, to: 60, accounts: 2, coalesced: true });
});

/** The whole record, newest first, to which the tests apply filters in memory. */
let outcomes: OutcomeRow[];
let calls: CallRow[];
let requests: RequestRow[];

beforeAll(async () => {
  const history = createHistoryStore(record.prisma);
  outcomes = await readAll((page) => history.outcomes(LOCAL_CALLER, {}, page), 100);
  calls = await readAll((page) => history.calls(LOCAL_CALLER, {}, page), 100);
  requests = await readAll((page) => history.requests(LOCAL_CALLER, {}, page), 100);
});

/** More rows than the record has. */
const NO_LIMIT = 100_000;

/** From one row to more than the record has. */
const limits: fc.Arbitrary<ScanLimits> = fc.record({
  beforeMerge: fc.constantFrom(1, 7, 500),
  scan: fc.constantFrom(1, 5, 60, 2_000),
  merge: fc.constantFrom(1, 20, 300, 2_000),
  perBranch: fc.constantFrom(1, 3, 8),
  count: fc.constantFrom(5, 100, NO_LIMIT),
});
const size = fc.constantFrom(1, 3, 10, 50);
const caller: fc.Arbitrary<Caller> = fc.constantFrom(LOCAL_CALLER, ARCHIVE, {
  ...LOCAL_CALLER,
  administrators: [],
});
const moment = fc
  .integer({ min: 0, max: 61 * 60 })
  .map((minutes) => new Date(timeOf(0).getTime() + minutes * 60_000 + 1));
const some = <Value>(values: readonly Value[]) =>
  fc.array(fc.constantFrom(...values), { minLength: 0, maxLength: 3 });
/** A condition that one filter in three has. */
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

const LANES = {
  administrator: maybe(fc.constantFrom('security', 'archive', 'nobody')),
  service: maybe(fc.constantFrom(...SECURITY_SERVICES)),
  region: maybe(fc.constantFrom('eu-west-1', 'us-east-1', 'mars')),
};
const accountId = fc.constantFrom('000000000017', '000000000034', '000000000510', '999999999999');

const isOf = <Value>(list: readonly Value[] | null | undefined, value: Value | null): boolean =>
  list == null || (value !== null && list.includes(value));
const isIn = (after: Date | null | undefined, before: Date | null | undefined, time: Date | null): boolean =>
  (after == null && before == null) ||
  (time !== null && (after == null || time >= after) && (before == null || time < before));
const isIncluded = (part: string | null, note: string | null): boolean =>
  part === null || (note?.toLowerCase().includes(part.toLowerCase()) ?? false);
const isAt = (
  { administrators }: Caller,
  { administrator, service, region }: LaneFilter,
  row: { administrator: string; service: string; region: string },
): boolean =>
  isOf(administrators, row.administrator) &&
  (administrator ?? row.administrator) === row.administrator &&
  (service ?? row.service) === row.service &&
  (region ?? row.region) === row.region;

/** The reads of a list for one caller and filter. */
interface Reads<Row> {
  list(page: PageArgs): Promise<Page<Row>>;
  count(limit: number): Promise<number | null>;
  toKey(row: Row): string;
}

/** Checks all pages, forward and backward, and the count up to 30. */
async function expectPages<Row>(
  { list, count, toKey }: Reads<Row>,
  expected: readonly Row[],
  size: number,
  limits: ScanLimits,
): Promise<void> {
  const keys = expected.map(toKey);
  expect((await readAll(list, size)).map(toKey)).toEqual(keys);
  expect((await readAllBackward(list, size)).map(toKey)).toEqual(keys);
  const found = await count(30);
  if (found !== null || (keys.length <= 30 && limits.count === NO_LIMIT)) {
    expect(found).toBe(keys.length);
  }
}

/** Two columns of a page as text: one of the outcome itself, and one of another table. */
const COLUMNS = [
  { as: 'id', column: 'id' },
  { as: 'email', column: 'email' },
] as const;

const RUNS = { numRuns: byRunLength(40, 500) };

describe('under any limits of rows read, the pages of a filter have every matching row once and in order', () => {
  it('of outcomes', { timeout: byRunLength(180_000, 1_800_000) }, async () => {
    const filters = fc.record({
      ...LANES,
      requestId: maybe(fc.constantFrom(requestIdOf(1), requestIdOf(6), requestIdOf(99))),
      accountIds: maybe(fc.array(accountId, { maxLength: 4 })),
      operations: maybe(some(MEMBERSHIP_OPERATIONS)),
      statuses: maybe(some(OUTCOME_STATUSES)),
      reasonCodes: maybe(some(['OTHER', 'THROTTLED', 'SELF'] as const)),
      settledAfter: maybe(moment),
      settledBefore: maybe(moment),
    });
    const property = fc.asyncProperty(caller, filters, size, limits, async (caller, filter, size, limits) => {
      const history = createHistoryStore(record.prisma, limits);
      const expected = outcomes.filter(
        (row) =>
          isAt(caller, filter, row) &&
          (filter.requestId ?? row.requestId) === row.requestId &&
          isOf(filter.accountIds, row.accountId) &&
          isOf(filter.operations, row.operation) &&
          isOf(filter.statuses, row.status) &&
          isOf(filter.reasonCodes, row.reasonCode) &&
          isIn(filter.settledAfter, filter.settledBefore, row.settledAt),
      );
      const reads: Reads<OutcomeRow> = {
        async list(page) {
          const { edges, ...ends } = await history.outcomes(caller, filter, page);
          const asText = await history.outcomesAsText(caller, filter, page, COLUMNS);
          const nodes = edges.map(({ node }) =>
            JSON.stringify({ id: outcomeNodeId(node), email: node.email }),
          );
          expect(asText).toEqual({ nodes: nodes.join(','), ...ends });
          return { edges, ...ends };
        },
        count: (limit) => history.countOutcomes(caller, filter, limit),
        toKey: keyOf,
      };
      await expectPages(reads, expected, size, limits);
    });
    await fc.assert(property, RUNS);
  });

  it('of calls', { timeout: byRunLength(180_000, 1_800_000) }, async () => {
    const filters = fc.record({
      ...LANES,
      operations: maybe(some(MEMBERSHIP_OPERATIONS)),
      statuses: maybe(some(['SENT', 'ANSWERED', 'REFUSED', 'UNANSWERED'] as const)),
      startedAfter: maybe(moment),
      startedBefore: maybe(moment),
    });
    const property = fc.asyncProperty(caller, filters, size, limits, async (caller, filter, size, limits) => {
      const history = createHistoryStore(record.prisma, limits);
      const expected = calls.filter(
        (row) =>
          isAt(caller, filter, row) &&
          isOf(filter.operations, row.operation) &&
          isOf(filter.statuses, row.status) &&
          isIn(filter.startedAfter, filter.startedBefore, row.startedAt),
      );
      const reads: Reads<CallRow> = {
        list: (page) => history.calls(caller, filter, page),
        count: (limit) => history.countCalls(caller, filter, limit),
        toKey: ({ id }) => id,
      };
      await expectPages(reads, expected, size, limits);
    });
    await fc.assert(property, RUNS);
  });

  it('of requests', { timeout: byRunLength(180_000, 1_800_000) }, async () => {
    const filters = fc.record({
      ...LANES,
      operations: maybe(some(MEMBERSHIP_OPERATIONS)),
      statuses: maybe(some(['RUNNING', 'SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'FAILED'] as const)),
      requestedBy: maybe(fc.constantFrom('ann', 'bob', 'eve')),
      accountId: maybe(accountId),
      note: maybe(fc.constantFrom('TICKET', '%', '0%_2', 'never')),
      createdAfter: maybe(moment),
      createdBefore: maybe(moment),
    });
    const property = fc.asyncProperty(caller, filters, size, limits, async (caller, filter, size, limits) => {
      const history = createHistoryStore(record.prisma, limits);
      const expected = requests.filter((row) => {
        const sent = outcomes.filter(({ requestId }) => requestId === row.id);
        return (
          isOf(caller.administrators, row.administrator) &&
          sent.some((outcome) => isAt(LOCAL_CALLER, filter, outcome)) &&
          isOf(filter.operations, row.operation) &&
          isOf(filter.statuses, row.status) &&
          (filter.requestedBy ?? row.callerId) === row.callerId &&
          (filter.accountId === null || sent.some((outcome) => outcome.accountId === filter.accountId)) &&
          isIncluded(filter.note, row.note) &&
          isIn(filter.createdAfter, filter.createdBefore, row.createdAt)
        );
      });
      const reads: Reads<RequestRow> = {
        list: (page) => history.requests(caller, filter, page),
        count: (limit) => history.countRequests(caller, filter, limit),
        toKey: ({ id }) => id,
      };
      await expectPages(reads, expected, size, limits);
    });
    await fc.assert(property, RUNS);
  });
});
