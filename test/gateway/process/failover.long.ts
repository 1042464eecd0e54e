import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CreateMembersDocument } from '../../generated/graphql.js';
import { accounts, execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { keepMutating } from '../../support/keepMutating.js';
import { startPostgresPair, type PostgresPair } from '../../support/postgresPair.js';
import { startSandbox, type TestSandbox } from '../../support/sandboxControl.js';

/** How long no server takes writes, in milliseconds. */
const WITHOUT_WRITER_MS = 3_000;

/** Longest time until the gateway is ready after a server takes writes. */
const BACK_WITHIN_MS = 10_000;

let pair: PostgresPair;
let sandbox: TestSandbox;
let gateway: GatewayProcess;

beforeAll(async () => {
  [pair, sandbox] = await Promise.all([startPostgresPair(), startSandbox({ latencyMs: 100 })]);
  gateway = await spawnGateway({
    DATABASE_URL: pair.url,
    UPSTREAM: 'sandbox',
    AWS_ENDPOINT_URL: sandbox.url,
    GUARDDUTY_RATE: '40',
    SECURITYHUB_RATE: '40',
  });
});
afterAll(async () => {
  await gateway.kill('SIGTERM');
  await sandbox.stop();
  await pair.stop();
});

/** The status of /health/ready and the reason. */
async function readiness(): Promise<string> {
  const response = await fetch(`${gateway.url}/health/ready`);
  const { reason } = (await response.json()) as { reason?: string };
  return `${response.status} ${reason ?? ''}`;
}

async function query<Row extends object>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: pair.primaryUrl() });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Accounts that were sent to one target more than once. */
async function sentTwice(): Promise<string[]> {
  const calls = await sandbox.calls('CreateMembers');
  const sent = calls.flatMap(({ service, region, accountIds }) =>
    accountIds.map((id) => `${service}/${region}/${id}`),
  );
  return sent.filter((each, index) => sent.indexOf(each) !== index);
}

it.each([
  ['was killed', 10_000, () => pair.killPrimary(), 'no host of the database takes writes'],
  ['became read-only and keeps running', 20_000, () => pair.makePrimaryReadOnly(), ''],
])(
  'goes on by itself with the new primary after the former one %s: nothing is lost or sent twice',
  { timeout: 120_000 },
  async (_how, first, endPrimary, reason) => {
    await sandbox.clearLog();
    const [before] = await query<{ requests: number }>('SELECT count(*)::int AS requests FROM request');
    const input = { accounts: accounts(500, first), waitSeconds: 0 };
    const large = await execute(gateway.url, CreateMembersDocument, { input });
    expect(large.createMembers?.request?.id).toMatch(/^request_/);
    const mutations = keepMutating(gateway.url, first + 1_000);
    await expect.poll(async () => (await sandbox.calls('CreateMembers')).length).toBeGreaterThan(5);
    await endPrimary();
    await expect.poll(readiness).toContain(`503 ${reason}`);
    const lengthBefore = gateway.output().length;
    await sleep(WITHOUT_WRITER_MS);
    expect(gateway.output().slice(lengthBefore).split('\n').length).toBeLessThan(10);
    await pair.promoteStandby();
    await expect.poll(readiness, { interval: 100, timeout: BACK_WITHIN_MS }).toMatch(/^200 /);
    const { ids, errors } = await mutations.stop();
    // The mutations that waited have been answered: the next one is like any other.
    const last = await execute(gateway.url, CreateMembersDocument, {
      input: { accounts: accounts(1, first + 9_000), waitSeconds: 0 },
    });
    expect(last.createMembers?.request?.id).toMatch(/^request_/);

    expect(errors.length).toBeGreaterThan(0);
    expect(errors.filter((error) => !error.includes('UNAVAILABLE'))).toEqual([]);
    expect(ids.length).toBeGreaterThan(0);
    await expect
      .poll(() => query(`SELECT id FROM request WHERE finished_at IS NULL`), { timeout: 60_000 })
      .toEqual([]);
    const [counts] = await query<{ requests: number; failed: number }>(
      `SELECT count(*)::int AS requests, count(*) FILTER (WHERE status <> 'SUCCEEDED')::int AS failed FROM request`,
    );
    const inDoubt = errors.filter((error) => error.includes('Whether the request was recorded is not known'));
    expect(counts?.failed).toBe(0);
    const recorded = (counts?.requests ?? 0) - (before?.requests ?? 0);
    const known = await query<{ id: string }>('SELECT id::text FROM request');
    const knownIds = new Set(known.map(({ id }) => `request_${id}`));
    expect(ids.filter((id) => !knownIds.has(id))).toEqual([]);
    expect(recorded).toBeLessThanOrEqual(2 + ids.length + inDoubt.length);
    expect(await sentTwice()).toEqual([]);
    await pair.rebuildStandby();
  },
);
