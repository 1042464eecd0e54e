import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateMembersDocument } from '../../generated/graphql.js';
import { createFairTurns } from '../../../src/services/fairTurns.js';
import { createRecordRequest } from '../../../src/services/requests/recordRequest.js';
import { createRequestEvents } from '../../../src/store/requests/requestEvents.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';
import { insertingStore, newRequest } from '../../store/recordFixture.js';

const WHERE = { services: ['SECURITY_HUB' as const], regions: ['us-east-1'] };

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

/** What the gateway looks up every few seconds, waiters or not: members to be followed, and lanes with work. */
const ROUNDS = /follow_up|followed_member|FROM lane/;

/** Statements that leave for the database while this goes on. */
async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const stop = gateway.database.onStatement((sql) => statements.push(sql));
  await work();
  stop();
  return statements.filter((sql) => !ROUNDS.test(sql));
}

describe('waiting for a request', () => {
  it('runs no statement, for any number of callers that wait over HTTP', async () => {
    await gateway.sandbox.put('latency', { ms: 6_000 });
    const input = { ...WHERE, accounts: accounts(1), idempotencyKey: 'all of us', waitSeconds: 60 };
    const waiters = Array.from({ length: 50 }, () => gateway.execute(CreateMembersDocument, { input }));
    await expect.poll(() => gateway.sandbox.calls('CreateMembers')).toHaveLength(1);
    // Quiet once the last of them has found the request and waits.
    await expect.poll(() => statementsDuring(() => sleep(300)), { timeout: 5_000, interval: 1 }).toEqual([]);
    expect(await statementsDuring(() => sleep(1_000))).toEqual([]);
    const answers = await Promise.all(waiters);
    expect(new Set(answers.map(({ createMembers }) => createMembers?.request?.status))).toEqual(
      new Set(['SUCCEEDED']),
    );
    await gateway.sandbox.put('latency', { ms: 0 });
  });

  it('needs only memory for 10,000 waiting callers, and one statement for all after NOTIFY was interrupted', async () => {
    const events = createRequestEvents(gateway.database.prisma);
    const stopping = new AbortController();
    const record = createRecordRequest({
      store: insertingStore,
      events,
      spend: async () => null,
      turns: createFairTurns({ total: 100_000, perCaller: 100_000, waiting: 10_000 }),
      stopping: stopping.signal,
    });
    const finished = await gateway.execute(CreateMembersDocument, {
      input: { ...WHERE, accounts: accounts(1, 5) },
    });
    const id = finished.createMembers?.request?.id.replace(/^request_/, '') ?? '';
    const waits: Promise<unknown>[] = [];
    const request = { ...newRequest([1]), id };
    const statements = await statementsDuring(async () => {
      for (let waiter = 0; waiter < 10_000; waiter += 1) {
        waits.push(record(request, { waitSeconds: 60 }));
      }
      await sleep(100);
    });
    expect(statements).toEqual([]);
    expect(await statementsDuring(() => events.checkAll())).toHaveLength(1);
    expect(await Promise.all(waits)).toHaveLength(10_000);
    // No caller waits any more, so there is nothing to look up.
    expect(await statementsDuring(() => events.checkAll())).toEqual([]);
  });
});
