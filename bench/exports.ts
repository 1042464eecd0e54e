/*
 * An export of a whole record beside COPY of the same rows by the same joins, and a small query every 20 ms of another caller
 * meanwhile: what an export costs, and what it costs others.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { processMs, treeMs } from './support/cpu.js';
import { writeLargeRecord } from './support/largeRecord.js';
import { measureQuietly } from './support/quiet.js';
import { runBench } from './support/runBench.js';
import { openStage } from './support/stage.js';
import { percentile, rounded, spreadOf } from './support/statistics.js';

const REPETITIONS = 5;
const OUTCOMES = Number(process.env['OUTCOMES'] ?? 240_000);
const QUERY_INTERVAL_MS = 20;

const COPY = `COPY (
  SELECT o.target_id, o.account_id, a.email, t.operation, l.administrator, l.service, l.region, o.status, o.reason_code, o.reason,
    cardinality(o.call_ids) AS sends, o.settled_at, t.request_id, o.call_ids[cardinality(o.call_ids)] AS call_id
  FROM outcome o
  JOIN target t ON t.id = o.target_id
  JOIN lane l ON l.id = o.lane_id
  JOIN request_account a ON a.request_id = t.request_id AND a.account_id = o.account_id
  ORDER BY o.target_id DESC, o.account_id DESC
) TO STDOUT`;

await runBench('exports', async (closers) => {
  const stage = await openStage(closers);
  const databaseUrl = await stage.database();
  await writeLargeRecord(databaseUrl, OUTCOMES);
  const { url, pid } = await stage.replica(databaseUrl, { CALLER_BUDGET: '1000000000' });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  closers.add('COPY', () => client.end());
  const postgres = () => treeMs(stage.postgres.pid);

  const copies: number[] = [];
  const exported: Record<
    string,
    { ms: number; gatewayMs: number; postgresMs: number; slowestMs: number; p99Ms: number }[]
  > = {};
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    const copy = await measureQuietly(() => timed(async () => readAll(client.query(copyTo(COPY)))));
    copies.push(copy.value);
    for (const format of ['jsonl', 'csv']) {
      const before = { gateway: processMs(pid), postgres: postgres() };
      const ms = await timed(() => exportOnce(url, format));
      const cpu = { gatewayMs: processMs(pid) - before.gateway, postgresMs: postgres() - before.postgres };
      const queries = await queriesDuring(url, exportOnce(url, format));
      const figures = { ms, ...cpu, slowestMs: Math.max(...queries), p99Ms: percentile(queries, 0.99) };
      (exported[format] ??= []).push(figures);
      console.log(JSON.stringify({ copyMs: copy.value, format, ...figures }));
    }
  }
  const copyMs = spreadOf(copies.map(rounded));
  const formats = Object.entries(exported).map(([format, runs]) => {
    const of = (name: keyof (typeof runs)[number]) => spreadOf(runs.map((run) => rounded(run[name])));
    const ms = of('ms');
    return [
      format,
      {
        ms,
        timesCopy: rounded(ms.median / copyMs.median),
        gatewayMs: of('gatewayMs'),
        postgresMs: of('postgresMs'),
        smallQueryMs: { p99: of('p99Ms'), most: of('slowestMs') },
      },
    ] as const;
  });
  return { outcomes: OUTCOMES, figures: { copyMs, ...Object.fromEntries(formats) } };
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function exportOnce(url: string, format: string): Promise<void> {
  const response = await fetch(`${url}/export/outcomes.${format}`);
  const lines = await readAll(response.body ?? []);
  const expected = format === 'csv' ? OUTCOMES + 1 : OUTCOMES;
  if (lines !== expected) {
    throw new Error(`an export has ${lines} lines, and not ${expected}`);
  }
}

/** Reads a text to its end, as a client that keeps none of it; its number of lines. */
async function readAll(chunks: AsyncIterable<unknown> | Iterable<unknown>): Promise<number> {
  const hash = createHash('sha256');
  let lines = 0;
  for await (const chunk of chunks) {
    const bytes = chunk as Uint8Array;
    hash.update(bytes);
    for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
      lines += 1;
    }
  }
  return lines;
}

/** The milliseconds of small queries, one after the other, until `work` has ended. */
async function queriesDuring(url: string, work: Promise<void>): Promise<number[]> {
  const times: number[] = [];
  const running = { isOver: false };
  const over = work.finally(() => {
    running.isOver = true;
  });
  while (!running.isOver) {
    times.push(
      await timed(async () => {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: '{ requests(first: 1) { nodes { id status } } }' }),
        });
        await response.arrayBuffer();
      }),
    );
    await sleep(QUERY_INTERVAL_MS);
  }
  await over;
  return times;
}
