import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CallsOfRequestDocument,
  CreateMembersDocument,
  InviteMembersDocument,
  RequestDocument,
} from '../../generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { FAST_RATES } from '../../support/speed.js';
import { accounts, execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { lockTable, waitingFor } from '../../support/lockedTable.js';
import { startSandbox, type TestSandbox } from '../../support/sandboxControl.js';
import { inLongRun } from '../../support/runLength.js';

const ASKED = accounts(120);
const ACCOUNT_IDS = ASKED.map(({ accountId }) => accountId);
const ONE_TARGET = { services: ['SECURITY_HUB' as const], regions: ['us-east-1'] };

let database: TestDatabase;
let sandbox: TestSandbox;
let replicas: [GatewayProcess, GatewayProcess];

beforeEach(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox();
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

/** Has the first replica alone with 12 invitations in flight; answers with the id of their request. */
async function inviteWithCallsInFlight(): Promise<string> {
  const [first, second] = replicas;
  process.kill(second.pid, 'SIGSTOP');
  await execute(first.url, CreateMembersDocument, { input: { accounts: ASKED } });
  await sandbox.put('latency', { ms: 2_000 });
  const { inviteMembers } = await execute(first.url, InviteMembersDocument, {
    input: { accountIds: ACCOUNT_IDS, waitSeconds: 0 },
  });
  await expect.poll(async () => (await sandbox.calls('InviteMembers')).length).toBeGreaterThanOrEqual(8);
  process.kill(second.pid, 'SIGCONT');
  return inviteMembers?.request?.id ?? expect.fail('no request');
}

async function finishedOn(url: string, id: string): Promise<void> {
  await expect
    .poll(async () => (await execute(url, RequestDocument, { id })).request?.status, { timeout: 60_000 })
    .toBe('SUCCEEDED');
}

async function expectOneMailEach(): Promise<void> {
  const mails = await sandbox.mails();
  expect(mails).toHaveLength(480);
  expect(new Set(mails.map((mail) => [mail.service, mail.region, mail.accountId].join('/'))).size).toBe(480);
}

describe('a replica next to one that', { timeout: 120_000 }, () => {
  inLongRun('is killed takes over its lanes and finishes its requests, with one mail each', async () => {
    const id = await inviteWithCallsInFlight();
    await replicas[0].kill('SIGKILL');
    await finishedOn(replicas[1].url, id);
    await expectOneMailEach();
  });

  it('is frozen does so too, and answers to the frozen one are kept beside their calls', async () => {
    const id = await inviteWithCallsInFlight();
    process.kill(replicas[0].pid, 'SIGSTOP');
    await finishedOn(replicas[1].url, id);
    process.kill(replicas[0].pid, 'SIGCONT');

    const calls = async () =>
      (await execute(replicas[1].url, CallsOfRequestDocument, { id })).request?.calls.nodes ?? [];
    const unanswered = (await calls()).filter(({ status }) => status === 'UNANSWERED');
    expect(unanswered.length).toBeGreaterThanOrEqual(8);
    await expect
      .poll(async () => (await calls()).filter(({ lateAnswer }) => lateAnswer !== null).length, {
        timeout: 20_000,
      })
      .toBe(unanswered.length);
    for (const { lateAnswer } of (await calls()).filter(({ status }) => status === 'UNANSWERED')) {
      expect(lateAnswer).toMatchObject({ status: 'ANSWERED', httpStatus: 200, unprocessed: [] });
    }
    await finishedOn(replicas[1].url, id);
    await expectOneMailEach();
  });

  it('is frozen while it claims a call sends that call, and the frozen one does not', async () => {
    const [first, second] = replicas;
    process.kill(second.pid, 'SIGSTOP');
    const create = (account: number, waitSeconds: number) =>
      execute(first.url, CreateMembersDocument, {
        input: { ...ONE_TARGET, accounts: ASKED.slice(account, account + 1), waitSeconds },
      });
    // Its worker stays with the lane.
    await create(0, 30);

    const locker = await lockTable(database.url, 'call', 'SHARE');
    const { createMembers } = await create(1, 0);
    const id = createMembers?.request?.id ?? expect.fail('no request');
    await expect.poll(() => waitingFor('call', locker)).toBe(1);
    process.kill(first.pid, 'SIGSTOP');
    await locker.end();
    process.kill(second.pid, 'SIGCONT');
    await finishedOn(second.url, id);

    process.kill(first.pid, 'SIGCONT');
    await create(2, 30);
    const sent = (await sandbox.calls('CreateMembers')).flatMap(({ accountIds }) => accountIds);
    expect(sent).toEqual(ACCOUNT_IDS.slice(0, 3));
  });
});
