import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallsOfRequestDocument, CreateMembersDocument, RequestDocument } from '../../generated/graphql.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { accounts, execute } from '../../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../../support/gatewayProcess.js';
import { startSandbox, type LoggedCall, type TestSandbox } from '../../support/sandboxControl.js';

const RATE = 5;
const BURST = 5;

/**
 * Requests more than the bucket held that a window of arrivals may show: two that left a moment apart can arrive together
 * on a busy machine.
 */
const ARRIVAL_JITTER = 2;

let database: TestDatabase;
let sandbox: TestSandbox;
let replicas: GatewayProcess[];

const start = () =>
  spawnGateway({
    DATABASE_URL: database.url,
    UPSTREAM: 'sandbox',
    AWS_ENDPOINT_URL: sandbox.url,
    GUARDDUTY_RATE: String(RATE),
    GUARDDUTY_BURST: String(BURST),
    SECURITYHUB_RATE: String(RATE),
    SECURITYHUB_BURST: String(BURST),
  });

beforeEach(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox();
  replicas = await Promise.all([start(), start()]);
});
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.kill('SIGTERM')));
  await sandbox.stop();
  await database.drop();
});

/** The most requests by which any stretch of time exceeds what the rate and the burst allow. */
function excess(calls: readonly LoggedCall[]): number {
  const times = calls.map(({ receivedAt }) => receivedAt).sort((a, b) => a - b);
  const over = times.flatMap((from, first) =>
    times.slice(first).map((to, index) => index + 1 - (BURST + ((to - from) / 1_000) * RATE)),
  );
  return Math.max(...over);
}

async function everythingSent(): Promise<LoggedCall[]> {
  const operations = ['CreateMembers', 'GetMembers', 'ListDetectors'];
  return (await Promise.all(operations.map((operation) => sandbox.calls(operation)))).flat();
}

async function ask(count: number, first = 0): Promise<string> {
  const input = { accounts: accounts(count, first), waitSeconds: 0 };
  const { createMembers } = await execute(replicas[first % 2]?.url ?? '', CreateMembersDocument, { input });
  return createMembers?.request?.id ?? expect.fail('no request');
}

const requestOn = async (url: string, id: string) => (await execute(url, RequestDocument, { id })).request;

describe('the requests of one administrator, service and region', { timeout: 120_000 }, () => {
  it('stay within rate and burst whichever replica holds the lane, with read-backs and lookups counted', async () => {
    await sandbox.put('faults', [
      { match: { operation: 'CreateMembers' }, fault: 'reset-after', probability: 0.2, seed: 7 },
    ]);
    const ids = [await ask(700), await ask(300, 5_001)];
    // The lanes change hands in the middle: once by a clean stop, once by a crash.
    await expect.poll(async () => (await sandbox.calls('CreateMembers')).length).toBeGreaterThan(24);
    await replicas[0]?.kill('SIGTERM');
    replicas[0] = await start();
    await expect.poll(async () => (await sandbox.calls('CreateMembers')).length).toBeGreaterThan(44);
    await replicas[1]?.kill('SIGKILL');
    replicas[1] = await start();
    for (const id of ids) {
      await expect
        .poll(async () => (await requestOn(replicas[1]?.url ?? '', id))?.status, { timeout: 60_000 })
        .toBe('SUCCEEDED');
    }
    const lanes = Map.groupBy(await everythingSent(), ({ service, region }) => `${service}/${region}`);
    expect(lanes.size).toBe(4);
    expect((await sandbox.calls('GetMembers')).length).toBeGreaterThan(4);
    for (const [lane, calls] of lanes) {
      expect([lane, Math.max(0, excess(calls) - ARRIVAL_JITTER)]).toEqual([lane, 0]);
    }
  });

  it('slow down after throttling, which the record shows, and do not slow other regions', async () => {
    await sandbox.put('faults', [
      { match: { region: 'us-east-1', operation: 'CreateMembers' }, fault: 'throttle', times: 12 },
    ]);
    const url = replicas[0]?.url ?? '';
    const id = await ask(400);
    const story = async () => (await execute(url, CallsOfRequestDocument, { id })).request;
    const processedIn = async (where: string) =>
      (await story())?.targets.filter(({ region }) => region === where).map(({ counts }) => counts.processed);

    await expect.poll(() => processedIn('eu-west-1'), { timeout: 20_000 }).toEqual([400, 400]);
    expect((await processedIn('us-east-1'))?.every((processed) => processed < 400)).toBe(true);
    await expect.poll(async () => (await story())?.status, { timeout: 60_000 }).toBe('SUCCEEDED');

    const throttled = (await story())?.calls.nodes.filter(({ errorCode }) =>
      /Throttling|LimitExceeded/.test(errorCode ?? ''),
    );
    expect(throttled).toHaveLength(12);
    for (const call of throttled ?? []) {
      expect(call).toMatchObject({ region: 'us-east-1', status: 'REFUSED' });
    }
  });
});
