import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MembershipOperation } from '../../../src/membership.js';
import type { ClaimedCall, Tenure, Verdict } from '../../../src/ports/laneRecord.js';
import { createRequestStore } from '../../../src/store/requests/requestStore.js';
import { byRunLength } from '../../support/runLength.js';
import { accountId, ANY_CALL, claimOne, laneOf, newRequest, ownLanes, PROCESSED } from '../recordFixture.js';
import { answeredWith, emptyRecord, recordFaults } from '../recordReading.js';
import { useRequestRecord } from '../requestRecord.js';

const OPERATIONS = ['CREATE_MEMBERS', 'INVITE_MEMBERS', 'DISASSOCIATE_MEMBERS', 'DELETE_MEMBERS'] as const;
const THROTTLED = {
  ...PROCESSED,
  status: 'FAILED',
  reasonCode: 'THROTTLED',
  reason: 'r',
  retry: true,
} as const;

const fixture = useRequestRecord();
let tenure: Tenure;
beforeEach(async () => {
  await emptyRecord(fixture.prisma);
  tenure = await fixture.record.acquire(laneOf(fixture.lanes));
});

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

interface Input {
  readonly operation: MembershipOperation;
  readonly numbers: readonly number[];
}

const insert = ({ operation, numbers }: Input) => {
  const request = newRequest(numbers, { operation });
  // Some of these small requests are queued one by one, and others handed out in order.
  const store = createRequestStore(fixture.prisma, fixture.lanes.idOf, ownLanes(), 2);
  return store.insert({
    ...request,
    accounts: request.accounts.map(({ accountId: id }) => ({ accountId: id, email: null })),
    targets: request.targets.map((target) => ({ ...target, batchKey: operation })),
  });
};

/** The operations sent for one account, in order. Repeated sends of one operation count as one. */
function effects(operations: readonly string[]): string[] {
  return operations.filter((operation, index) => operation !== operations[index - 1]);
}

/** Claims a call. Targets and outcomes that wait for a later time are due at once. */
async function claimNow(): Promise<ClaimedCall | null> {
  await fixture.prisma.$executeRaw`UPDATE target SET turn = now() WHERE turn > now()`;
  await fixture.prisma.$executeRaw`UPDATE queued_account SET due_at = now() WHERE due_at > now()`;
  return claimOne(fixture.record, tenure, ANY_CALL);
}

/**
 * Inserts the requests, claims their calls and settles the calls, in an order that the dice decide. Returns the operations
 * that took effect, by account id, in order.
 */
async function serveAll(
  requests: readonly Input[],
  dice: fc.Stream<number>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const waiting = [...requests];
  const inFlight: ClaimedCall[] = [];
  const told = new Map<string, string[]>();
  for (;;) {
    const next = dice.next().value;
    if (next === 0 || inFlight.length === 0) {
      const request = waiting.shift();
      if (request !== undefined) {
        await insert(request);
      }
    }
    const call = await claimNow();
    if (call !== null) {
      inFlight.push(call);
    } else if (inFlight.length === 0 && waiting.length === 0) {
      return told;
    }
    const ended = call === null || next === 0 ? inFlight.shift() : undefined;
    if (ended !== undefined) {
      await settle(ended, Number(dice.next().value), told);
    }
  }
}

/** Settles a call. Some quarters of its accounts were throttled: they had no effect, and are sent again. */
async function settle(call: ClaimedCall, quarters: number, told: Map<string, string[]>): Promise<void> {
  const ids = call.accounts.map((account) => account.accountId);
  const throttled = ids.filter((_, index) => index % 4 < quarters);
  for (const id of ids) {
    if (!throttled.includes(id)) {
      told.set(id, [...(told.get(id) ?? []), call.operation]);
    }
  }
  const exceptions = throttled.map((id): [string, Verdict] => [id, THROTTLED]);
  await fixture.record.settle(tenure, [answeredWith(call, exceptions)], Array<number>(100).fill(0));
}

it('a long request goes on in order beside accounts that an earlier call took ahead and that go again', async () => {
  await insert({ operation: 'CREATE_MEMBERS', numbers: range(1, 120) });
  await insert({ operation: 'CREATE_MEMBERS', numbers: range(100, 110) });

  const first = (await claimNow()) ?? expect.unreachable();
  const ahead = first.accounts.filter(({ accountId: id }) => id >= accountId(100));
  expect(ahead).toHaveLength(11);
  const throttled = ahead.map(({ accountId: id }): [string, Verdict] => [id, THROTTLED]);
  await fixture.record.settle(tenure, [answeredWith(first, throttled)], [0, 0]);

  const sent = new Set(first.accounts.map(({ accountId: id }) => id));
  for (let call = await claimNow(); call !== null; call = await claimNow()) {
    for (const { accountId: id } of call.accounts) {
      sent.add(id);
    }
    await fixture.record.settle(tenure, [answeredWith(call)], []);
  }
  expect([...sent].toSorted()).toEqual(range(1, 120).map(accountId));
  expect(await recordFaults(fixture.prisma)).toEqual([]);
});

describe('the operations of one account in one lane', () => {
  it('take effect in the order of their requests, with shared calls, throttled calls and repeated sends', async () => {
    const few = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 });
    const input = fc.record({
      operation: fc.oneof(fc.constant(OPERATIONS[0]), fc.constantFrom(...OPERATIONS)),
      // A few accounts, or lists that take several calls, of which some begin with those few.
      numbers: fc.oneof(
        few,
        few.map((blocks) => blocks.flatMap((block) => range(20 * block, 20 * block + 19))),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(input, { minLength: 2, maxLength: 8, size: 'max' }),
        fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
        async (requests, dice) => {
          await emptyRecord(fixture.prisma);
          const told = await serveAll(requests, dice);
          for (const number of range(0, 119)) {
            const requested = requests
              .filter(({ numbers }) => numbers.includes(number))
              .map(({ operation }) => operation);
            expect(effects(told.get(accountId(number)) ?? [])).toEqual(effects(requested));
          }
        },
      ),
      // A failure is told at once: to make its lists smaller takes minutes.
      { numRuns: byRunLength(15, 100), endOnFailure: true },
    );
  });

  it('are not merged across another operation: an account created, deleted and created again is created twice', async () => {
    for (const operation of ['CREATE_MEMBERS', 'DELETE_MEMBERS', 'CREATE_MEMBERS'] as const) {
      await insert({ operation, numbers: [1] });
    }
    const told: string[] = [];
    for (let call = await claimNow(); call !== null; call = await claimNow()) {
      told.push(call.operation);
      expect(await claimNow()).toBeNull();
      await fixture.record.settle(tenure, [answeredWith(call)], []);
    }
    expect(told).toEqual(['CREATE_MEMBERS', 'DELETE_MEMBERS', 'CREATE_MEMBERS']);
  });
});
