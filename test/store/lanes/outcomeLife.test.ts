import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type {
  LaneRecord,
  Settlement,
  Tenure,
  UnsettledCall,
  Verdict,
} from '../../../src/ports/laneRecord.js';
import type { CancelStore, RequestStore } from '../../../src/ports/requests.js';
import { createCancelStore } from '../../../src/store/requests/cancelStore.js';
import { createLaneRecord } from '../../../src/store/lanes/laneRecord.js';
import { createRequestStore } from '../../../src/store/requests/requestStore.js';
import { byRunLength } from '../../support/runLength.js';
import {
  accountId,
  ANY_CALL,
  claimOne,
  laneOf,
  newRequest,
  ownLanes,
  PROCESSED,
  REPLICA,
} from '../recordFixture.js';
import { emptyRecord, readOutcomes, recordFaults } from '../recordReading.js';
import { useRequestRecord } from '../requestRecord.js';

const DELAYS = [0, 0];
const FINAL = new Set(['PROCESSED', 'UNPROCESSED', 'FAILED', 'CANCELED']);

const VERDICTS: readonly Verdict[] = [
  PROCESSED,
  { ...PROCESSED, status: 'UNPROCESSED', reasonCode: 'SELF', reason: 'self' },
  {
    ...PROCESSED,
    status: 'UNPROCESSED',
    reasonCode: 'ALREADY_MEMBER',
    reason: 'there',
    processedIfInDoubt: true,
  },
  { ...PROCESSED, status: 'UNPROCESSED', reasonCode: 'INTERNAL_ERROR', reason: 'again', retry: true },
  { ...PROCESSED, status: 'FAILED', reasonCode: 'THROTTLED', reason: 'slow down', retry: true },
  { ...PROCESSED, status: 'FAILED', reasonCode: 'ACCESS_DENIED', reason: 'no' },
];

/** What the test knows: accounts asked for, and how those ended that have. */
interface Model {
  readonly asked: Set<string>;
  readonly ended: Map<string, string>;
  readonly requests: string[];
}

/** The record, and everything that workers of it, past and present, have in hand. */
interface Fixture {
  readonly record: LaneRecord;
  readonly tenures: Tenure[];
  readonly hands: { tenure: Tenure; call: Pick<UnsettledCall, 'callId' | 'accountIds'> }[];
}

const requestRecord = useRequestRecord();
let store: RequestStore;
let cancellations: CancelStore;

beforeAll(() => {
  store = createRequestStore(requestRecord.prisma, requestRecord.lanes.idOf, ownLanes(), 3);
  cancellations = createCancelStore(requestRecord.prisma);
});

function takeLane(record: LaneRecord): Promise<Tenure> {
  return record.acquire(laneOf(requestRecord.lanes));
}

/** Looks at the whole record: nothing that had ended has changed, and everything asked for is there once. */
async function look(model: Model): Promise<void> {
  const outcomes = await readOutcomes(requestRecord.prisma);
  const now = new Map(outcomes.map((row) => [`${row.targetId}/${row.accountId}`, row]));
  for (const [key, ending] of model.ended) {
    expect(JSON.stringify(now.get(key), bigints)).toBe(ending);
  }
  for (const [key, row] of now) {
    if (FINAL.has(row.status)) {
      model.ended.set(key, JSON.stringify(row, bigints));
    }
  }
  expect(outcomes.length).toBe(model.asked.size);
  expect(await recordFaults(requestRecord.prisma)).toEqual([]);
}

const bigints = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** Something that happens to the record, and the look that follows. */
function event(name: string, happen: (model: Model, fixture: Fixture) => Promise<unknown>) {
  return {
    check: () => true,
    async run(model: Model, fixture: Fixture) {
      await happen(model, fixture);
      await look(model);
    },
    toString: () => name,
  } satisfies fc.AsyncCommand<Model, Fixture>;
}

/** One of them, the last ones as likely as the first; undefined when there is none. */
const pick = <T>(all: readonly T[], at: number): T | undefined => all[at % Math.max(1, all.length)];

function settlement(
  callId: string,
  accountIds: readonly string[],
  status: Settlement['status'],
  seeds: number[],
): Settlement {
  const verdictAt = (index: number) => pick(VERDICTS, seeds[index % seeds.length] ?? 0) ?? PROCESSED;
  return {
    callId,
    status,
    metadata: { httpStatus: 200, awsRequestId: 'r', attempts: 1 },
    errorCode: null,
    errorMessage: null,
    unprocessed: [],
    defaultVerdict: verdictAt(0),
    exceptions: new Map(accountIds.map((id, index) => [id, verdictAt(index)])),
  };
}

const at = fc.nat(20);
const seeds = fc.array(fc.nat(5), { minLength: 1, maxLength: 5 });

const EVENTS = [
  fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 6 }).map((numbers) =>
    event(`ask ${numbers.join()}`, async (model) => {
      const { requestId } = await store.insert(newRequest(numbers));
      model.requests.push(requestId);
      for (const number of numbers) {
        model.asked.add(`${requestId}/${accountId(number)}`);
      }
    }),
  ),
  at.map((tenureAt) =>
    event(`claim as ${tenureAt}`, async (_model, { record, tenures, hands }) => {
      const tenure = pick(tenures, tenureAt) ?? expect.unreachable();
      const call = await claimOne(record, tenure, ANY_CALL);
      if (call === null) {
        return;
      }
      expect(tenure).toBe(tenures.at(-1));
      hands.push({
        tenure,
        call: { ...call, accountIds: call.accounts.map((account) => account.accountId) },
      });
    }),
  ),
  fc
    .tuple(at, fc.constantFrom('ANSWERED' as const, 'REFUSED' as const, 'UNANSWERED' as const), seeds)
    .map(([handAt, status, verdicts]) =>
      event(`settle ${handAt} ${status} ${verdicts.join()}`, async (_model, { record, tenures, hands }) => {
        const hand = pick(hands, handAt);
        if (hand === undefined) {
          return;
        }
        const { callId, accountIds } = hand.call;
        const end = await record.settle(
          hand.tenure,
          [settlement(callId, accountIds, status, verdicts)],
          DELAYS,
        );
        expect(end).toBe(hand.tenure === tenures.at(-1) ? 'SETTLED' : 'LOST');
      }),
    ),
  at.map((handAt) =>
    event(`lose the answer of ${handAt}`, async (_model, { record, hands }) => {
      const hand = pick(hands, handAt);
      if (hand) {
        await record.markUnanswered(hand.tenure, hand.call.callId, {
          metadata: { httpStatus: null, awsRequestId: null, attempts: 0 },
          errorCode: 'Lost',
          errorMessage: 'lost',
        });
      }
    }),
  ),
  at.map((handAt) =>
    event(`hear of ${handAt} too late`, async (_model, { record, hands }) => {
      const hand = pick(hands, handAt);
      const metadata = { httpStatus: 200, awsRequestId: 'late', attempts: 1 };
      if (hand) {
        await record.recordLateAnswer(hand.call.callId, { kind: 'ANSWERED', metadata, unprocessed: [] });
      }
    }),
  ),
  fc.constant(
    event('another worker takes the lane', async (_model, { record, tenures, hands }) => {
      const tenure = await takeLane(record);
      tenures.push(tenure);
      for (const call of await record.adoptOpenCalls(tenure, [])) {
        hands.push({ tenure, call });
      }
    }),
  ),
  fc.tuple(at, at).map(([requestAt, tenureAt]) =>
    event(`cancel ${requestAt}, give up as ${tenureAt}`, async ({ requests }, { record, tenures }) => {
      const id = pick(requests, requestAt);
      if (id !== undefined) {
        await cancellations.cancel(id);
      }
      const released = await record.release(pick(tenures, tenureAt) ?? expect.unreachable());
      if (released === 'RELEASED') {
        tenures.push(await takeLane(record));
      }
    }),
  ),
  at.map((tenureAt) =>
    event(`find no detector as ${tenureAt}`, async (_model, { record, tenures }) => {
      const verdict = VERDICTS.at(-1) ?? expect.unreachable();
      await record.failPending(pick(tenures, tenureAt) ?? expect.unreachable(), verdict);
    }),
  ),
];

it('gives each account one outcome, and never changes a final one, with random events in random order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(EVENTS, { maxCommands: 40, size: 'max' }), async (events) => {
      await emptyRecord(requestRecord.prisma);
      const record = createLaneRecord(requestRecord.database.lanePrisma, REPLICA);
      const tenures = [await takeLane(record)];
      await fc.asyncModelRun(
        () => ({
          model: { asked: new Set<string>(), ended: new Map<string, string>(), requests: [] },
          real: { record, tenures, hands: [] },
        }),
        events,
      );
    }),
    { numRuns: byRunLength(30, 300) },
  );
});
