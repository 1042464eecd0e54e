/*
 * The largest real job: a whole organization in every region, 10,000 accounts at both services in 17 regions, at the gateway's
 * default rates. How long it takes beside the least that the quota allows, what it costs, how much memory it needs, and how long
 * a small query waits meanwhile.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { processMs, treeMs } from './support/cpu.js';
import { withForeignCores } from './support/quiet.js';
import { runBench } from './support/runBench.js';
import { openStage, type StagedGateway } from './support/stage.js';
import { percentile, rounded, spreadOf } from './support/statistics.js';

const REPETITIONS = Number(process.env['REPETITIONS'] ?? 5);
const ACCOUNTS = 10_000;
const PER_CALL = 50;
const LATENCY_MS = 80;

const REGIONS = [
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'eu-central-2', 'eu-central-1', 'eu-west-1', 'eu-west-2',
  'eu-west-3', 'eu-north-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1',
  'ap-southeast-2',
]; // prettier-ignore

/** The services, by the number of calls a second and at once that the gateway makes by default. */
const GUARDDUTY = { perSecond: 5, burst: 10 };

/** Until the burst of every lane is available again, in milliseconds. */
const REST_MS = 4_000;

/** Pause between two small queries, in milliseconds. */
const QUERY_INTERVAL_MS = 500;

const CALLS = (2 * REGIONS.length * ACCOUNTS) / PER_CALL;
const FLOOR_SECONDS = (ACCOUNTS / PER_CALL - GUARDDUTY.burst) / GUARDDUTY.perSecond;

await runBench('organization', async (closers) => {
  const stage = await openStage(closers);
  await stage.sandbox.reset(LATENCY_MS);
  const directory = await mkdtemp(path.join(tmpdir(), 'gateway-bench-'));
  closers.add('administrators file', () => rm(directory, { recursive: true }));
  const administrators = path.join(directory, 'administrators.yaml');
  await writeFile(administrators, administratorsFile());
  const databaseUrl = await stage.database();
  const gateway = await stage.replica(databaseUrl, { ADMINISTRATORS_FILE: administrators });

  const runs = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    // The first call of each lane finds its detector.
    await gateway.client.createMembers(stage.accounts(1), { waitSeconds: 60 });
    await sleep(REST_MS);
    await stage.postgres.checkpoint();
    const { value, foreignCores } = await withForeignCores(() =>
      runOnce(gateway, stage.accounts(ACCOUNTS), stage.postgres.pid),
    );
    console.log(JSON.stringify({ ...value, foreignCores }));
    runs.push({ ...value, foreignCores });
  }
  const bytes = await outcomeBytes(databaseUrl);
  return {
    accounts: ACCOUNTS,
    targets: 2 * REGIONS.length,
    latencyMs: LATENCY_MS,
    floorSeconds: FLOOR_SECONDS,
    figures: {
      ratioToFloor: spreadOf(runs.map(({ ratio }) => ratio)),
      acceptMs: spreadOf(runs.map(({ acceptMs }) => acceptMs)),
      postgresMsPerCall: spreadOf(runs.map(({ postgresMsPerCall }) => postgresMsPerCall)),
      gatewayMsPerCall: spreadOf(runs.map(({ gatewayMsPerCall }) => gatewayMsPerCall)),
      smallQueryMostMs: spreadOf(runs.map(({ smallQuery }) => smallQuery.most)),
      peakMb: spreadOf(runs.map(({ peakMb }) => peakMb)),
      bytesPerOutcome: bytes,
      runs,
    },
  };
});

async function runOnce(
  { client, url, pid }: StagedGateway,
  accounts: Parameters<StagedGateway['client']['createMembers']>[0],
  postgresPid: number,
) {
  const before = { gateway: processMs(pid), postgres: treeMs(postgresPid) };
  const startedAt = performance.now();
  const running = { isOver: false };
  const queries = askSmallQueries(url, running);
  const { ms: acceptMs } = await client.createMembers(accounts, { waitSeconds: 0 });
  await client.settled();
  const seconds = (performance.now() - startedAt) / 1_000;
  running.isOver = true;
  const times = await queries;
  return {
    seconds: rounded(seconds),
    ratio: rounded(seconds / FLOOR_SECONDS),
    acceptMs: rounded(acceptMs),
    postgresMsPerCall: rounded((treeMs(postgresPid) - before.postgres) / CALLS),
    gatewayMsPerCall: rounded((processMs(pid) - before.gateway) / CALLS),
    smallQuery: { median: rounded(percentile(times, 0.5)), most: rounded(Math.max(...times)) },
    peakMb: await peakMb(pid),
  };
}

/** The milliseconds of each of the small queries that are asked, one after the other, until the run is over. */
async function askSmallQueries(url: string, running: { readonly isOver: boolean }): Promise<number[]> {
  const times: number[] = [];
  const query = '{ requests(first: 10) { nodes { id status counts { total processed } } } }';
  while (!running.isOver) {
    const startedAt = performance.now();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const answer = (await response.json()) as { errors?: unknown };
    if (answer.errors !== undefined) {
      throw new Error(JSON.stringify(answer));
    }
    times.push(performance.now() - startedAt);
    await sleep(QUERY_INTERVAL_MS);
  }
  return times;
}

/** The most memory that the process has had, in megabytes of 10^6 bytes. */
async function peakMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return rounded((Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1_024) / 1e6);
}

/** Bytes on disk of all tables and indexes of the record, divided by the number of outcomes. */
async function outcomeBytes(databaseUrl: string): Promise<object> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('VACUUM');
    const { rows } = await client.query<{ table: string; bytes: number }>(`
      SELECT c.relname AS "table", round(pg_total_relation_size(c.oid)::numeric / (SELECT count(*) FROM outcome), 1)::float8 AS bytes
      FROM pg_class c WHERE c.relname = ANY ('{outcome,queued_account,request_account,target,call,send}')`);
    const sum = rows.reduce((total, { bytes }) => total + bytes, 0);
    return { ...Object.fromEntries(rows.map(({ table, bytes }) => [table, bytes])), all: rounded(sum) };
  } finally {
    await client.end();
  }
}

function administratorsFile(): string {
  return JSON.stringify({
    administrators: [
      { id: 'default', accountId: '111122223333', services: ['GUARDDUTY', 'SECURITY_HUB'], regions: REGIONS },
    ],
  });
}
