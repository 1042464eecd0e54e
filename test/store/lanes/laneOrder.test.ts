import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MembershipOperation } from '../../../src/membership.js';
import type { ClaimedCall, Tenure } from '../../../src/ports/laneRecord.js';
import { createRequestStore } from '../../../src/store/requests/requestStore.js';
import { byRunLength } from '../../support/runLength.js';
import { accountId, ANY_CALL, claimOne, laneOf, newRequest, ownLanes, PROCESSED } from '../recordFixture.js';
import { answeredWith, emptyRecord } from '../recordReading.js';
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
      await settle(ended, dice.next().value === 0, told);
    }
  }
}

/** Settles a call. A throttled call had no effect, and its accounts are sent again. */
async function settle(call: ClaimedCall, isThrottled: boolean, told: Map<string, string[]>): Promise<void> {
  if (!isThrottled) {
    for (const account of call.accounts) {
      told.set(account.accountId, [...(told.get(account.accountId) ?? []), call.operation]);
    }
  }
  const settlement = { ...answeredWith(call), defaultVerdict: isThrottled ? THROTTLED : PROCESSED };
  await fixture.record.settle(tenure, [settlement], Array<number>(100).fill(0));
}

describe('the operations of one account in one lane', () => {
  it('take effect in the order of their requests, with shared calls, throttled calls and repeated sends', async () => {
    const input = fc.record({
      operation: fc.constantFrom(...OPERATIONS),
      numbers: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(input, { minLength: 2, maxLength: 8 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
        async (requests, dice) => {
          await emptyRecord(fixture.prisma);
          const told = await serveAll(requests, dice);
          for (const number of [0, 1, 2, 3, 4, 5]) {
            const requested = requests
              .filter(({ numbers }) => numbers.includes(number))
              .map(({ operation }) => operation);
            expect(effects(told.get(accountId(number)) ?? [])).toEqual(effects(requested));
          }
        },
      ),
      { numRuns: byRunLength(15, 100) },
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
