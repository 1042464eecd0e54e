/*
 * An hour of ordinary use by four clients at once: mutations of five accounts that are waited for; pages and statistics; live reads
 * and streams; exports of the growing record. Nothing may be wrong, memory may not grow, and a mutation may not become slower: the
 * program fails otherwise.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_QUOTA } from './support/programs.js';
import { runBench } from './support/runBench.js';
import { openStage } from './support/stage.js';
import { percentile, rounded } from './support/statistics.js';

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 60);

/** The minutes until the process has its size, as a share of the whole: ten of an hour. */
const SETTLED = 1 / 6;

/** Most that the last figure may be of the first: of a mutation's p99 by fifths, and of memory once it is settled. */
const MOST_SLOWER = 1.2;
const MOST_GROWTH = 1.05;

const ACCOUNTS = 5;
const LATENCY_MS = 80;

/** Pauses of the clients between two operations, in milliseconds. */
const PAUSE = { mutations: 50, pages: 100, reads: 250, exports: 5_000 };

/** A mutation's time from its sending to its answer, and when it began, in milliseconds since the start. */
interface Mutation {
  readonly at: number;
  readonly ms: number;
}

const QUERIES = [
  '{ requests(first: 20) { totalCount nodes { id status counts { total processed } } } }',
  '{ outcomes(first: 50) { nodes { id accountId email status reason settledAt } } }',
  '{ outcomes(first: 50, filter: { status: [PENDING, IN_FLIGHT] }) { nodes { id status } } }',
  '{ statistics(groupBy: [HOUR, SERVICE, STATUS]) { from service status outcomes } }',
  '{ calls(first: 50) { nodes { id status accountCount attempts } } }',
];
const LIVE =
  '{ members(service: SECURITY_HUB, region: "us-east-1", first: 50) { nodes { accountId status } } }';

await runBench('soak', async (closers) => {
  const stage = await openStage(closers);
  await stage.sandbox.reset(LATENCY_MS);
  const { client, url, pid } = await stage.gateway({ ...NO_QUOTA, CALLER_BUDGET: '1000000000' });
  const startedAt = performance.now();
  const endsAt = startedAt + MINUTES * 60_000;
  const mutations: Mutation[] = [];
  const exports: number[] = [];
  const counts = { queries: 0, reads: 0, streams: 0 };

  const during = async (pauseMs: number, work: (round: number) => Promise<unknown>): Promise<void> => {
    for (let round = 0; performance.now() < endsAt; round += 1) {
      await work(round);
      await sleep(pauseMs);
    }
  };
  let newest = '';
  const memory = readMemory({ pid, url }, endsAt);
  await Promise.all([
    during(PAUSE.mutations, async () => {
      const at = performance.now() - startedAt;
      const { request, ms } = await client.createMembers(stage.accounts(ACCOUNTS), { waitSeconds: 30 });
      expectTrue(request.status === 'SUCCEEDED', `a mutation ended ${request.status}`);
      newest = request.id;
      mutations.push({ at, ms });
    }),
    during(PAUSE.pages, async (round) => {
      await post(url, QUERIES[round % QUERIES.length] ?? '');
      counts.queries += 1;
    }),
    during(PAUSE.reads, async () => {
      await post(url, LIVE);
      counts.reads += 1;
      if (newest !== '') {
        await followToEnd(url, newest);
        counts.streams += 1;
      }
    }),
    during(PAUSE.exports, async () => {
      const began = performance.now();
      const rows = await countExported(url);
      expectTrue(rows >= (mutations.length - 1) * ACCOUNTS, `an export of ${rows} rows is not whole`);
      exports.push(performance.now() - began);
    }),
  ]);
  const figures = summaryOf({ mutations, counts, exports, minutes: await memory });
  console.log(JSON.stringify(figures));
  if (figures.lastOfFirst > MOST_SLOWER || figures.memoryGrowth > MOST_GROWTH) {
    console.error(`beyond the aims: p99 ${MOST_SLOWER} times, memory ${MOST_GROWTH} times`);
    process.exitCode = 1;
  }
  return { minutes: MINUTES, latencyMs: LATENCY_MS, figures };
});

/** What the clients have measured. */
interface Measured {
  readonly mutations: readonly Mutation[];
  readonly counts: Readonly<Record<string, number>>;
  /** Milliseconds of each export. */
  readonly exports: readonly number[];
  /** Megabytes in each minute. */
  readonly minutes: readonly Memory[];
}

interface Memory {
  readonly resident: number;
  readonly heap: number;
}

function summaryOf({ mutations, counts, exports, minutes }: Measured) {
  const p99 = p99OfFifths(mutations);
  const megabytes = minutes.map(({ resident }) => resident);
  const settled = megabytes.slice(Math.ceil(megabytes.length * SETTLED));
  return {
    mutations: mutations.length,
    ...counts,
    exports: exports.length,
    mutationP99Ms: p99,
    lastOfFirst: rounded((p99.at(-1) ?? 0) / (p99[0] ?? 1)),
    memoryMb: megabytes,
    heapMb: minutes.map(({ heap }) => heap),
    memoryGrowth: rounded((settled.at(-1) ?? 0) / (settled[0] ?? 1)),
    longestExportMs: rounded(Math.max(...exports)),
  };
}

/** The 99th percentile of the mutations in each fifth of the time. */
function p99OfFifths(mutations: readonly Mutation[]): number[] {
  const length = (MINUTES * 60_000) / 5;
  return [0, 1, 2, 3, 4].map((place) => {
    const times = mutations.filter(({ at }) => Math.floor(at / length) === place).map(({ ms }) => ms);
    return percentile(times, 0.99);
  });
}

/** The resident set of the process and what its heap uses, in megabytes of 10^6 bytes, once a minute. */
async function readMemory(
  { pid, url }: { readonly pid: number; readonly url: string },
  endsAt: number,
): Promise<Memory[]> {
  const minutes: Memory[] = [];
  while (performance.now() < endsAt) {
    await sleep(Math.min(60_000, Math.max(0, endsAt - performance.now())));
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    minutes.push({
      resident: rounded((Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024) / 1e6),
      heap: rounded(Number(/^nodejs_heap_size_used_bytes (\d+)/m.exec(metrics)?.[1]) / 1e6),
    });
    console.log(JSON.stringify(minutes.at(-1)));
  }
  return minutes;
}

async function post(url: string, query: string): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  expectTrue(errors === undefined, JSON.stringify(errors));
}

/** Follows a request, which has finished: the stream says so and ends. */
async function followToEnd(url: string, id: string): Promise<void> {
  const response = await fetch(`${url}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: `subscription { requestProgress(id: "${id}") { status } }` }),
  });
  const events = await response.text();
  expectTrue(events.includes('SUCCEEDED'), events);
}

async function countExported(url: string): Promise<number> {
  const response = await fetch(`${url}/export/outcomes.jsonl`);
  let rows = 0;
  for await (const chunk of response.body ?? []) {
    rows += (chunk as Uint8Array).reduce((lines, byte) => (byte === 0x0a ? lines + 1 : lines), 0);
  }
  return rows;
}

function expectTrue(isTrue: boolean, otherwise: string): void {
  if (!isTrue) {
    throw new Error(otherwise);
  }
}
