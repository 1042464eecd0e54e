/*
 * Measures whether points say what an operation costs: CPU time of gateway and PostgreSQL for operations over the whole schema,
 * beside their points. The record has 1,000,000 outcomes (OUTCOMES in the environment), the sandbox 2,000 members at each of
 * four targets.
 */
import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { OPERATION_POINTS } from '../src/http/graphql/admission.js';
import { ownMs, processMs } from './support/cpu.js';
import { writeLargeRecord } from './support/largeRecord.js';
import { pricedOperations, type PricedOperation } from './support/pricedOperations.js';
import { NO_QUOTA } from './support/programs.js';
import { runBench } from './support/runBench.js';
import { openStage } from './support/stage.js';

const OUTCOMES = Number(process.env['OUTCOMES'] ?? 1_000_000);
const MEMBERS = 2_000;

/** CPU time that a point stands for, in microseconds: MAX_COMPLEXITY of 50,000 points is one second. */
const POINT_MICROSECONDS = 20;

/** Linux counts CPU time in hundredths of a second: an operation is repeated for at least this many milliseconds. */
const MEASURED_MS = 400;
const WARM_UPS = 4;
const MAX_REPETITIONS = 200;

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string }[];
  readonly extensions: { readonly cost: { readonly complexity: number } };
}

await runBench('prices', async (closers) => {
  const stage = await openStage(closers);
  await stage.sandbox.reset(0);
  const databaseUrl = await stage.database();
  await writeLargeRecord(databaseUrl, OUTCOMES);
  const gateway = await stage.replica(databaseUrl, { ...NO_QUOTA, MAX_COMPLEXITY: '1000000' });
  const members = stage.accounts(MEMBERS);
  await gateway.client.createMembers(members, { waitSeconds: 60 });

  const post = async (operation: PricedOperation): Promise<Answer> => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(operation),
    });
    return (await response.json()) as Answer;
  };
  await post({
    name: '',
    query: 'mutation { refreshInventory(input: { waitSeconds: 60 }) { userErrors { code } } }',
  });

  /** CPU time of gateway and PostgreSQL: without the bench itself and the sandbox. */
  const programsMs = (): number => {
    const { user, system } = process.cpuUsage();
    return ownMs() - (user + system) / 1_000 - processMs(stage.sandbox.pid);
  };

  const figures: Record<string, unknown>[] = [];
  const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
  for (const operation of pricedOperations(schema, members)) {
    const { points, milliseconds, repetitions } = await measure(
      () => post(operation),
      operation.name,
      programsMs,
    );
    const ratio = (milliseconds * 1_000) / (points * POINT_MICROSECONDS);
    console.log(
      `${operation.name}: ${points} points, ${milliseconds.toFixed(2)} ms, ratio ${ratio.toFixed(2)}`,
    );
    figures.push({ operation: operation.name, points, milliseconds, ratio, repetitions });
  }
  const ratios = figures.map(({ ratio }) => ratio as number);
  return {
    outcomes: OUTCOMES,
    members: MEMBERS,
    method:
      'CPU time of gateway and PostgreSQL for one operation, on a warm gateway, one at a time; ratio is CPU time / (points x 20 us)',
    pointMicroseconds: POINT_MICROSECONDS,
    highestRatio: Math.max(...ratios),
    figures,
  };
});

async function measure(send: () => Promise<Answer>, name: string, programsMs: () => number) {
  let points = 0;
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp += 1) {
    const { data, errors, extensions } = await send();
    if (data == null) {
      throw new Error(`${name}: ${JSON.stringify(errors)}`);
    }
    points = extensions.cost.complexity + OPERATION_POINTS;
  }
  const before = programsMs();
  let repetitions = 0;
  while (repetitions < MAX_REPETITIONS && programsMs() - before < MEASURED_MS) {
    await send();
    repetitions += 1;
  }
  return { points, milliseconds: (programsMs() - before) / repetitions, repetitions };
}
