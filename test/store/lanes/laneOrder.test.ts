import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MembershipOperation } from '../../../src/membership.js';
import type { ClaimedCall, ClaimLimits, LaneRecord, Tenure } from '../../../src/ports/laneRecord.js';
import type { RequestStore } from '../../../src/ports/requests.js';
import { byRunLength } from '../../support/runLength.js';
import { accountId, ADMINISTRATOR, newRequest, NO_LIMIT, PROCESSED, REPLICA } from '../recordFixture.js';
import { answeredWith, emptyRecord } from '../recordReading.js';
import { useRequestRecord } from '../requestRecord.js';

const ANY: ClaimLimits = { rate: NO_LIMIT, detectorId: null, busyBatchKeys: [], fullOnly: false };
const HUB = { administrator: ADMINISTRATOR.id, service: 'SECURITY_HUB', region: 'eu-west-1' } as const;
const OPERATIONS = ['CREATE_MEMBERS', 'INVITE_MEMBERS', 'DISASSOCIATE_MEMBERS', 'DELETE_MEMBERS'] as const;
const AGAIN = { ...PROCESSED, status: 'FAILED', reasonCode: 'THROTTLED', reason: 'r', retry: true } as const;

const fixture = useRequestRecord();
let tenure: Tenure;
beforeEach(async () => {
  await emptyRecord(fixture.prisma);
  tenure = await fixture.record.acquire(fixture.lanes.byId(fixture.lanes.idOf(HUB)) ?? expect.unreachable());
});

interface Asked {
  readonly operation: MembershipOperation;
  readonly numbers: readonly number[];
}

const accept = ({ operation, numbers }: Asked) => {
  const request = newRequest(numbers, { operation });
  return fixture.store.insert({
    ...request,
    accounts: request.accounts.map(({ accountId: id }) => ({ accountId: id, email: null })),
    targets: request.targets.map((target) => ({ ...target, batchKey: operation })),
  });
};

/** What a service would have been told about one account, in order; the same thing twice in a row is one. */
function effects(operations: readonly string[]): string[] {
  return operations.filter((operation, index) => operation !== operations[index - 1]);
}

/** Claims whatever may leave now. A target whose accounts were held back is looked at again at once. */
async function claimNow(): Promise<ClaimedCall | null> {
  await fixture.prisma.$executeRaw`UPDATE target SET turn = now() WHERE turn > now()`;
  await fixture.prisma
    .$executeRaw`UPDATE outcome SET due_at = now() WHERE status = 'PENDING' AND due_at > now()`;
  return fixture.record.claim(tenure, ANY);
}

describe('the operations of one account in one lane', () => {
  it('take effect in the order of their requests, whatever shares their calls, fails and is sent again', async () => {
    const asked = fc.record({
      operation: fc.constantFrom(...OPERATIONS),
      numbers: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(asked, { minLength: 2, maxLength: 8 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
        async (requests, dice) => {
          await emptyRecord(fixture.prisma);
          const waiting = [...requests];
          const inFlight: ClaimedCall[] = [];
          const told = new Map<string, string[]>();
          for (;;) {
            const next = dice.next().value;
            const request =
              next === 0 || (inFlight.length === 0 && waiting.length > 0) ? waiting.shift() : undefined;
            if (request !== undefined) {
              await accept(request);
            }
            const call = await claimNow();
            if (call !== null) {
              inFlight.push(call);
            } else if (inFlight.length === 0 && waiting.length === 0) {
              break;
            }
            if (call !== null && next > 0) {
              continue;
            }
            const ended = inFlight.shift();
            if (ended === undefined) {
              continue;
            }
            // Some are throttled: the service did nothing, and they go again.
            const again = dice.next().value === 0;
            if (!again) {
              for (const account of ended.accounts) {
                told.set(account.accountId, [...(told.get(account.accountId) ?? []), ended.operation]);
              }
            }
            const settlement = { ...answeredWith(ended), defaultVerdict: again ? AGAIN : PROCESSED };
            await fixture.record.settle(tenure, [settlement], Array<number>(100).fill(0));
          }
          for (const number of [0, 1, 2, 3, 4, 5]) {
            const wanted = requests
              .filter(({ numbers }) => numbers.includes(number))
              .map(({ operation }) => operation);
            expect(effects(told.get(accountId(number)) ?? [])).toEqual(effects(wanted));
          }
        },
      ),
      { numRuns: byRunLength(15, 100) },
    );
  });

  it('are not merged across another operation: an account created, deleted and created again is created twice', async () => {
    for (const operation of ['CREATE_MEMBERS', 'DELETE_MEMBERS', 'CREATE_MEMBERS'] as const) {
      await accept({ operation, numbers: [1] });
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
