import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CreateMembersDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';
import { QUICK_RETRIES } from '../../support/speed.js';

const IN_FLIGHT = 2;
const AHEAD = 1;
const CALLS = 12;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({
    proxied: true,
    environment: { CALLS_IN_FLIGHT_PER_LANE: String(IN_FLIGHT) },
    intervals: { retryDelays: QUICK_RETRIES },
  });
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  gateway.proxy.replace(null);
  await gateway.sandbox.put('latency', { ms: 100 });
  await gateway.sandbox.clearLog();
});

const create = (first: number) =>
  gateway.execute(CreateMembersDocument, {
    input: {
      accounts: accounts(50 * CALLS, first),
      services: ['SECURITY_HUB'],
      regions: ['us-east-1'],
      waitSeconds: 30,
    },
  });

/** Asks the record again and again until `done`; gives the most calls that it has as SENT. */
async function mostSent(done: Promise<unknown>): Promise<number> {
  let [most, isDone] = [0, false];
  void done.finally(() => (isDone = true));
  while (!isDone) {
    most = Math.max(most, await gateway.database.prisma.call.count({ where: { status: 'SENT' } }));
  }
  await done;
  return most;
}

describe('calls that are claimed ahead', () => {
  it('are recorded before there is room for them, and leave when there is, in the order of their claims', async () => {
    expect(await mostSent(create(0))).toBe(IN_FLIGHT + AHEAD);
    const calls = await gateway.sandbox.calls('CreateMembers');
    expect(calls).toHaveLength(CALLS);
    expect(Math.max(...calls.map(({ inFlightAtStart }) => inFlightAtStart))).toBe(IN_FLIGHT - 1);
    // The sandbox may get two calls that leave together in either order.
    const asked = calls.flatMap(({ accountIds }) => accountIds[0] ?? '').map((id) => Number(id));
    const inOrder = asked.every((id, index) => Math.abs((id % 1_000) / 50 - index) < IN_FLIGHT);
    expect(inOrder).toBe(true);
  });

  it('do not leave while the service has asked for no request', async () => {
    const times: number[] = [];
    let askedAt = Infinity;
    gateway.proxy.replace(({ path }) => {
      if (!path.endsWith('/members')) {
        return undefined;
      }
      times.push(performance.now());
      if (times.length !== 5) {
        return undefined;
      }
      // After the latency of the service, which gets the call.
      askedAt = performance.now() + 100;
      return { status: 429, headers: { 'retry-after': '1' }, body: {}, performed: true };
    });
    expect((await create(2_000)).createMembers?.request).toMatchObject({ status: 'SUCCEEDED' });
    expect(times.filter((at) => at > askedAt && at < askedAt + 1_000)).toEqual([]);
    // The call that was done is read back.
    expect(times).toHaveLength(CALLS);
  });

  it('do not leave after two seconds without room, but go again: a service that hangs gets no call that is old', async () => {
    const done = create(4_000);
    await expect.poll(async () => (await gateway.sandbox.calls('CreateMembers')).length).toBeGreaterThan(3);
    await gateway.sandbox.put('latency', { ms: 2_500 });
    const notLeft = { errorCode: 'NotLeft', status: 'UNANSWERED', attempts: 0 } as const;
    await expect
      .poll(() => gateway.database.prisma.call.count({ where: notLeft }), { timeout: 10_000 })
      .toBe(AHEAD);
    await gateway.sandbox.put('latency', { ms: 0 });
    expect((await done).createMembers?.request).toMatchObject({ status: 'SUCCEEDED' });
    const sent = (await gateway.sandbox.calls('CreateMembers')).flatMap(({ accountIds }) => accountIds);
    expect(sent.toSorted()).toEqual(accounts(50 * CALLS, 4_000).map(({ accountId }) => accountId));
  });
});
