/*
 * Compares the table `outcome` of 24 months as it is with the same table in 24 partitions by target_id, with the same
 * indexes. Measured are accepting and settling a request of 40,000 outcomes, three pages, and the removal of the oldest
 * month. OUTCOMES in the environment sets the number of outcomes; 20,000,000 need about 12 GB of disk and half an hour.
 */
import pg from 'pg';
import { addressOf } from '../src/config/databaseAddress.js';
import { createLog } from '../src/log.js';
import { migrate } from '../src/store/connection/migrator.js';
import { startPostgres } from './support/postgres.js';
import { runBench } from './support/runBench.js';
import { rounded, spreadOf } from './support/statistics.js';
import { withoutIndexes } from './support/withoutIndexes.js';

const OUTCOMES = Number(process.env['OUTCOMES'] ?? 10_000_000);
const MONTHS = 24;
const ACCOUNTS = 200_000;
const REPETITIONS = 7;

/** Outcomes of a target. */
const PER_TARGET = 50;
const TARGETS_PER_MONTH = Math.ceil(OUTCOMES / PER_TARGET / MONTHS);

const PARTITIONED = [
  `ALTER TABLE outcome RENAME TO unpartitioned`,
  `CREATE TABLE outcome (LIKE unpartitioned INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (target_id)`,
  ...Array.from(
    { length: MONTHS },
    (_, month) =>
      `CREATE TABLE outcome_${month} PARTITION OF outcome FOR VALUES FROM (${month * TARGETS_PER_MONTH}) TO (${
        month === MONTHS - 1 ? 'MAXVALUE' : (month + 1) * TARGETS_PER_MONTH
      })`,
  ),
];

await runBench('partitions', async (closers) => {
  const postgres = await startPostgres(closers);
  const results: Record<string, object> = {};
  for (const way of ['plain', 'partitioned'] as const) {
    const url = await postgres.createDatabase(way);
    await migrate({ address: addressOf(url), migrationsDir: 'prisma/migrations', log: createLog('warn') });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    closers.add(way, () => client.end());
    const run: Run = async (sql) => {
      const started = performance.now();
      await client.query(sql);
      return performance.now() - started;
    };
    await withoutIndexes(client, 'outcome', () => writeOutcomes(run, way), { primaryKey: false });
    await run('VACUUM ANALYZE outcome');
    await postgres.checkpoint();
    const times = await measureRounds(run);
    const endOfMonth = await removeOldestMonth(run, way);
    const spreads = [...times].map(([name, ms]) => [name, spreadOf(ms)] as const);
    results[way] = { ...Object.fromEntries(spreads), endOfMonth: rounded(endOfMonth) };
    console.log(way, JSON.stringify(results[way]));
  }
  return { outcomes: OUTCOMES, months: MONTHS, unit: 'ms', ...results };
});

type Way = 'plain' | 'partitioned';

/** Runs a statement; resolves with the milliseconds it took. */
type Run = (sql: string) => Promise<number>;

async function writeOutcomes(run: Run, way: Way): Promise<void> {
  for (const statement of way === 'partitioned' ? PARTITIONED : []) {
    await run(statement);
  }
  await run(`
    INSERT INTO outcome (target_id, account_id, lane_id, status, reason_code, settled_at, call_ids)
    SELECT i / ${PER_TARGET}, lpad((i * 7919 % ${ACCOUNTS})::text, 12, '0'), i / ${PER_TARGET} % 34,
      CASE WHEN i % 20 = 0 THEN 'UNPROCESSED' ELSE 'PROCESSED' END::outcome_status,
      CASE WHEN i % 20 = 0 THEN 'ALREADY_MEMBER'::reason_code END,
      to_timestamp(1700000000 + i * 6), ARRAY[gen_random_uuid()]
    FROM generate_series(0::bigint, ${OUTCOMES - 1}) AS i`);
}

/** Milliseconds of each statement in each round. The first round warms up and is not in the result. */
async function measureRounds(run: Run): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  for (let repetition = -1; repetition < REPETITIONS; repetition += 1) {
    const round = await measureRound(run, repetition);
    for (const [name, ms] of repetition < 0 ? [] : Object.entries(round)) {
      times.set(name, [...(times.get(name) ?? []), ms]);
    }
  }
  return times;
}

async function measureRound(run: Run, repetition: number): Promise<Record<string, number>> {
  const middle = Math.floor(OUTCOMES / PER_TARGET / 2);
  const target = OUTCOMES / PER_TARGET + 10 + repetition * 4;
  return {
    settle: await run(`
      INSERT INTO outcome (target_id, account_id, lane_id, status, settled_at, call_ids)
      SELECT ${target} + i / 10000, lpad((i % 10000)::text, 12, '0'), i / 10000, 'PROCESSED', now(), '{}'
      FROM generate_series(0, 39999) AS i`),
    account: await run(`
      SELECT * FROM outcome WHERE account_id = lpad('${(repetition + 2) * 17_001}', 12, '0') ORDER BY target_id DESC LIMIT 51`),
    exceptions: await run(`
      SELECT * FROM outcome WHERE status = ANY ('{UNPROCESSED}') AND (target_id, account_id) < (${middle}, '')
      ORDER BY status DESC, target_id DESC, account_id DESC LIMIT 51`),
    deepPage: await run(`
      SELECT * FROM outcome WHERE (target_id, account_id) < (${middle + repetition}, '') ORDER BY target_id DESC, account_id DESC LIMIT 51`),
  };
}

/** Removes the outcomes of the oldest month; resolves with the milliseconds it took. */
async function removeOldestMonth(run: Run, way: Way): Promise<number> {
  await run('ALTER TABLE outcome DISABLE TRIGGER USER');
  if (way === 'partitioned') {
    return run('DROP TABLE outcome_0');
  }
  const deleted = await run(`DELETE FROM outcome WHERE target_id < ${TARGETS_PER_MONTH}`);
  return deleted + (await run('VACUUM outcome'));
}
