import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CreateMembersDocument, InviteMembersDocument, RequestDocument } from '../generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { accounts, execute } from '../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';
import { FAST_RATES } from '../support/speed.js';

/** Longer than a worker holds a lane without a sign of life, in milliseconds. */
const FROZEN_MS = 20_000;

/** Longer than a signature is valid, in milliseconds: the clock of a machine that was suspended is late when it resumes. */
const CLOCK_LATE_MS = 10 * 60_000;

const ACCOUNTS = accounts(120);
const ACCOUNT_IDS = ACCOUNTS.map(({ accountId }) => accountId);

let clockOfAws = 0;
let database: TestDatabase;
let sandbox: TestSandbox;
let gateway: GatewayProcess;
beforeEach(async () => {
  clockOfAws = 0;
  database = await createTestDatabase();
  sandbox = await startSandbox({ now: () => Date.now() + clockOfAws });
  gateway = await spawnGateway({
    DATABASE_URL: database.url,
    UPSTREAM: 'sandbox',
    AWS_ENDPOINT_URL: sandbox.url,
    ...FAST_RATES,
    INVITATION_LANDS_WITHIN_SECONDS: '3',
  });
});
afterEach(async () => {
  await gateway.kill('SIGKILL');
  await sandbox.stop();
  await database.drop();
});

async function finished(id: string) {
  const request = async () => (await execute(gateway.url, RequestDocument, { id })).request;
  await expect
    .poll(async () => (await request())?.status, { timeout: 60_000, interval: 500 })
    .toMatch(/SUCCEEDED|FAILED/);
  return request();
}

it('a machine that was frozen with calls in flight finishes its requests, with one mail each', async () => {
  const created = await execute(gateway.url, CreateMembersDocument, { input: { accounts: ACCOUNTS } });
  expect(created.createMembers?.request).toMatchObject({ status: 'SUCCEEDED' });
  await sandbox.put('latency', { ms: 2_000 });
  const input = { accountIds: ACCOUNT_IDS, waitSeconds: 0 };
  const { inviteMembers } = await execute(gateway.url, InviteMembersDocument, { input });
  await expect.poll(async () => (await sandbox.calls('InviteMembers')).length).toBeGreaterThanOrEqual(4);

  process.kill(gateway.pid, 'SIGSTOP');
  clockOfAws = CLOCK_LATE_MS;
  await sleep(FROZEN_MS);
  process.kill(gateway.pid, 'SIGCONT');

  expect(await finished(inviteMembers?.request?.id ?? '')).toMatchObject({
    status: 'SUCCEEDED',
    counts: { total: 480, processed: 480 },
  });
  const mails = await sandbox.mails();
  expect(new Set(mails.map((mail) => [mail.service, mail.region, mail.accountId].join('/'))).size).toBe(480);
  expect(mails).toHaveLength(480);

  // A call that begins after the machine has resumed.
  const later = await execute(gateway.url, CreateMembersDocument, {
    input: { accounts: accounts(50, 1_000), waitSeconds: 30 },
  });
  expect(later.createMembers?.request).toMatchObject({ status: 'SUCCEEDED' });
}, 180_000);
