import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CallsOfRequestDocument,
  DeleteMembersDocument,
  DisassociateMembersDocument,
  RequestDocument,
  type DisassociateMembersInput,
} from '../../generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { FAST_RATES } from '../../support/speed.js';
import { execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { members, OWN, REGION, seedMembers, SERVICES } from '../../support/removalFixture.js';
import { startSandbox, type TestSandbox } from '../../support/sandboxControl.js';
import { inLongRun } from '../../support/runLength.js';

const ALL = members(1_000);
const GOING = ALL.slice(0, 100);

let database: TestDatabase;
let sandbox: TestSandbox;
let replicas: [GatewayProcess, GatewayProcess];

beforeEach(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox();
  await seedMembers(sandbox, ALL);
  const start = () =>
    spawnGateway({
      DATABASE_URL: database.url,
      UPSTREAM: 'sandbox',
      AWS_ENDPOINT_URL: sandbox.url,
      ...FAST_RATES,
      INVITATION_LANDS_WITHIN_SECONDS: '3',
    });
  replicas = await Promise.all([start(), start()]);
});
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.kill('SIGKILL')));
  await sandbox.stop();
  await database.drop();
});

const INPUT = { accountIds: GOING, regions: [REGION] };

type Remove = typeof disassociate;
const disassociate = async (url: string, input: DisassociateMembersInput) =>
  (await execute(url, DisassociateMembersDocument, { input })).disassociateMembers;
const remove: Remove = async (url, input) => {
  const { deleteMembers } = await execute(url, DeleteMembersDocument, { input });
  return deleteMembers && { ...deleteMembers };
};

/** Has the second replica preview and the first, alone for the moment, remove; answers with the id of the request. */
async function onTheFirst(act: Remove, more: Partial<DisassociateMembersInput> = {}): Promise<string> {
  const [first, second] = replicas;
  const input = { ...INPUT, ...more };
  const confirm = (await act(second.url, { ...input, dryRun: true }))?.plan?.confirm ?? expect.unreachable();
  process.kill(second.pid, 'SIGSTOP');
  await sandbox.put('latency', { ms: 3_000 });
  const removal = await act(first.url, { ...input, confirm, waitSeconds: 0 });
  return removal?.request?.id ?? expect.fail('no request');
}

async function killTheFirst(): Promise<void> {
  await replicas[0].kill('SIGKILL');
  process.kill(replicas[1].pid, 'SIGCONT');
  await sandbox.put('latency', { ms: 0 });
}

async function finished(id: string, total = 200): Promise<void> {
  await expect
    .poll(async () => (await execute(replicas[1].url, RequestDocument, { id })).request, { timeout: 60_000 })
    .toMatchObject({ status: 'SUCCEEDED', counts: { total, processed: total } });
}

const calls = async (id: string) =>
  (await execute(replicas[1].url, CallsOfRequestDocument, { id })).request?.calls.nodes ?? [];

const left = async () =>
  Promise.all(
    SERVICES.map(async (service) =>
      (await sandbox.members(OWN, REGION, service))
        .filter(({ accountId }) => GOING.includes(accountId))
        .map(({ status }) => status),
    ),
  );

describe('a removal whose replica is killed', { timeout: 120_000 }, () => {
  inLongRun('with calls in flight is finished by another one, which reads the members back', async () => {
    const id = await onTheFirst(disassociate);
    await expect.poll(async () => (await sandbox.calls('DisassociateMembers')).length).toBe(4);
    await killTheFirst();
    await finished(id);
    expect(await left()).toEqual([Array(100).fill('Removed'), Array(100).fill('Removed')]);
    expect(await sandbox.calls('DisassociateMembers')).toHaveLength(4);
    const lost = (await calls(id)).filter(({ errorCode }) => errorCode === 'WorkerLost');
    expect(lost.length).toBeGreaterThanOrEqual(2);
    for (const call of lost) {
      expect(call).toMatchObject({ status: 'UNANSWERED', httpStatus: null });
    }
  });

  it('with calls answered and not read back is finished too: no account is sent twice, no answer is lost', async () => {
    const id = await onTheFirst(disassociate, { services: ['SECURITY_HUB'] });
    // Both calls are answered, and their accounts on the way to be read back.
    await expect
      .poll(
        async () =>
          (await sandbox.calls('GetMembers')).filter(({ answeredAt }) => answeredAt === null).length,
        {
          timeout: 20_000,
        },
      )
      .toBe(2);
    await killTheFirst();
    await finished(id, 100);
    expect(await sandbox.calls('DisassociateMembers')).toHaveLength(2);
    const ended = await calls(id);
    expect(ended).toHaveLength(2);
    for (const call of ended) {
      expect(call).toMatchObject({ status: 'ANSWERED', httpStatus: 200, errorCode: null });
    }
    expect(await left()).toEqual([Array(100).fill('Enabled'), Array(100).fill('Removed')]);
  });

  inLongRun('in the middle of a deletion is finished, and no member remains', async () => {
    await seedMembers(sandbox, GOING, 'Removed');
    const id = await onTheFirst(remove);
    await expect.poll(async () => (await sandbox.calls('DeleteMembers')).length).toBe(4);
    await killTheFirst();
    await finished(id);
    expect(await left()).toEqual([[], []]);
    expect(await sandbox.calls('DeleteMembers')).toHaveLength(4);
  });
});
