/*
 * How long it takes until 10,000 accounts at four targets are on record: through the store, over HTTP, by COPY of the
 * same rows into the same tables, and by Prisma's createMany. Each way has a database of its own on one PostgreSQL.
 */
import { v7 as uuidv7 } from 'uuid';
import { openCreateManyWay, openStoreWay } from './support/acceptWays.js';
import { openCopyWay } from './support/copyWay.js';
import { NO_QUOTA } from './support/programs.js';
import { measureQuietly } from './support/quiet.js';
import { requestFor, type WriteRequest } from './support/record.js';
import { runBench } from './support/runBench.js';
import { openStage } from './support/stage.js';
import { rounded, spreadOf } from './support/statistics.js';

const REPETITIONS = 7;
const ACCOUNTS = 10_000;
const TARGETS = 4;

/** Rows of one createMany: three values each, far below the 65,535 parameters that a statement may have. */
const CREATE_MANY_ROWS = 1_000;

await runBench('accept', async (closers) => {
  const { postgres, sandbox, accounts, gateway: startGateway } = await openStage(closers);
  await sandbox.reset(0);
  const { client } = await startGateway(NO_QUOTA);
  const write =
    (way: WriteRequest): (() => Promise<number>) =>
    () =>
      way(requestFor(uuidv7(), accounts(ACCOUNTS)));
  const ways = {
    store: write(await openStoreWay(closers, await postgres.createDatabase('store'))),
    copy: write(await openCopyWay(closers, await postgres.createDatabase('copy'))),
    createMany: write(
      await openCreateManyWay(closers, await postgres.createDatabase('create_many'), CREATE_MANY_ROWS),
    ),
    http: async () => {
      const { ms } = await client.createMembers(accounts(ACCOUNTS), { waitSeconds: 0 });
      // The gateway goes on to make its calls; the next measurement waits for it.
      await client.settled();
      return ms;
    },
  };

  const times = {
    store: [] as number[],
    copy: [] as number[],
    createMany: [] as number[],
    http: [] as number[],
  };
  const foreignCores: number[] = [];
  for (let repetition = -1; repetition < REPETITIONS; repetition += 1) {
    for (const [name, measure] of Object.entries(ways)) {
      await postgres.checkpoint();
      const { value, foreignCores: foreign } = await measureQuietly(measure);
      // The first round warms up.
      if (repetition >= 0) {
        times[name as keyof typeof times].push(value);
        foreignCores.push(foreign);
      }
    }
  }

  const [storeMs, copyMs, createManyMs, httpMs] = [times.store, times.copy, times.createMany, times.http].map(
    spreadOf,
  ) as Spreads;
  const figures = {
    rows: ACCOUNTS + TARGETS * ACCOUNTS + TARGETS + 1,
    rateOfCopy: rounded(copyMs.median / storeMs.median),
    timesCreateMany: rounded(createManyMs.median / storeMs.median),
    rateOfCopyOverHttp: rounded(copyMs.median / httpMs.median),
    storeMs,
    copyMs,
    createManyMs,
    httpMs,
  };
  console.log(
    `store ${storeMs.median} ms, COPY ${copyMs.median} ms, createMany ${createManyMs.median} ms, HTTP ${httpMs.median} ms: ` +
      `${figures.rateOfCopy} of COPY, ${figures.timesCreateMany} times createMany`,
  );
  return { figures, foreignCores };
});

type Spread = ReturnType<typeof spreadOf>;
type Spreads = [Spread, Spread, Spread, Spread];
