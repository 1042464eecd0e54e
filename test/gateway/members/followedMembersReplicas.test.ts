import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CreateMembersDocument,
  FollowedOutcomesDocument,
  InviteMembersDocument,
} from '../../generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { FAST_RATES } from '../../support/speed.js';
import { accounts, execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../../support/sandboxControl.js';
import { inLongRun } from '../../support/runLength.js';

const ASKED = accounts(120);
const ACCOUNT_IDS = ASKED.map(({ accountId }) => accountId);
const REGIONS = ['us-east-1'];

let database: TestDatabase;
let sandbox: TestSandbox;
let client: pg.Client;
let replicas: [GatewayProcess, GatewayProcess];

beforeEach(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  sandbox = await startSandbox();
  replicas = await Promise.all([start(), start()]);
});
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.kill('SIGKILL')));
  await client.end();
  await sandbox.stop();
  await database.drop();
});

const start = () =>
  spawnGateway({
    DATABASE_URL: database.url,
    UPSTREAM: 'sandbox',
    AWS_ENDPOINT_URL: sandbox.url,
    ...FAST_RATES,
    // After the first look, the next is as good as never: the test says when it is due.
    FOLLOW_UP_SECONDS: '0.2,86400',
  });

async function invited(url: string): Promise<string> {
  await execute(url, CreateMembersDocument, { input: { accounts: ASKED, regions: REGIONS } });
  const input = { accountIds: ACCOUNT_IDS, regions: REGIONS, followUp: true };
  const { inviteMembers } = await execute(url, InviteMembersDocument, { input });
  return inviteMembers?.request?.id ?? expect.unreachable();
}
/** Number of followed members that have been looked at this many times or more. */
const looked = async (looks: number) =>
  (await client.query('SELECT FROM followed_member WHERE looks >= $1', [looks])).rowCount;
const makeDue = () => client.query('UPDATE followed_member SET next_look_at = now()');
const callSizes = async () =>
  Object.fromEntries(
    [...Map.groupBy(await sandbox.calls('GetMembers'), ({ service }) => service)].map(([service, calls]) => [
      service,
      calls.map(({ accountIds }) => accountIds.length).toSorted((a, b) => a - b),
    ]),
  );

describe('two gateway processes that follow the same members', { timeout: 120_000 }, () => {
  it('read each of them once, whichever process recorded the request', async () => {
    const [one, two] = replicas;
    const id = await invited(one.url);
    await expect.poll(() => looked(1), { timeout: 20_000 }).toBe(240);
    expect(await callSizes()).toEqual({ guardduty: [20, 50, 50], securityhub: [20, 50, 50] });
    await sandbox.clearLog();
    await makeDue();
    await expect.poll(() => looked(2), { timeout: 20_000 }).toBe(240);
    const calls = await sandbox.calls('GetMembers');
    expect(calls.flatMap(({ accountIds }) => accountIds)).toHaveLength(240);
    const { request } = await execute(two.url, FollowedOutcomesDocument, { id });
    expect(request?.outcomes.nodes.map(({ memberStatus }) => memberStatus)).toEqual(
      Array.from({ length: 100 }, () => 'INVITED'),
    );
  });

  inLongRun('hand over the members they had taken when they are killed during a read', async () => {
    const [one, two] = replicas;
    await invited(one.url);
    await expect.poll(() => looked(1), { timeout: 20_000 }).toBe(240);
    await sandbox.clearLog();
    await sandbox.put('latency', { ms: 60_000 });
    await makeDue();
    await expect.poll(async () => (await sandbox.calls('GetMembers')).length).toBeGreaterThanOrEqual(2);
    await one.kill('SIGKILL');
    await two.kill('SIGKILL');
    await sandbox.put('latency', { ms: 0 });
    // What the dead ones had taken is not lost: it comes up again when their time is over.
    const { rows } = await client.query<{ taken: number; due: number }>(
      `SELECT count(*) FILTER (WHERE next_look_at > now())::int AS taken, count(*) FILTER (WHERE next_look_at <= now())::int AS due
       FROM followed_member WHERE next_look_at < now() + interval '180 seconds'`,
    );
    expect((rows[0]?.taken ?? 0) + (rows[0]?.due ?? 0)).toBe(240);
    expect(rows[0]?.taken).toBeGreaterThanOrEqual(100);
    await makeDue();
    replicas[1] = await start();
    await expect.poll(() => looked(2), { timeout: 20_000 }).toBe(240);
  });
});
