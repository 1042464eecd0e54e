/*
 * How many calls the gateway makes, against the fewest possible: one for every 50 accounts at each target. Counted in
 * the sandbox's log, for one request of 5,000 accounts and for 500 requests of 10 at the same time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_QUOTA } from './support/programs.js';
import { runBench } from './support/runBench.js';
import { openStage, type Stage, type StagedGateway } from './support/stage.js';
import { spreadOf } from './support/statistics.js';

const REPETITIONS = 5;
const ACCOUNTS = 5_000;
const TARGETS = 4;
const PER_CALL = 50;
const FEWEST = TARGETS * Math.ceil(ACCOUNTS / PER_CALL);

/** By then the largest burst of the default rates (30 at 10 a second) is whole again, in milliseconds. */
const REST_MS = 3_500;

const WORKLOADS = { oneRequestOf5000: [1, ACCOUNTS], concurrent500RequestsOf10: [500, 10] } as const;
const RATES = { defaultRates: {}, ratesOff: NO_QUOTA } as const;

interface Run {
  readonly calls: number;
  readonly seconds: number;
  readonly connections: number;
}

await runBench('calls', async (closers) => {
  const stage = await openStage(closers);
  const figures: Record<string, object> = {};
  for (const [rates, environment] of Object.entries(RATES)) {
    const gateway = await stage.gateway(environment);
    await gateway.client.createMembers(stage.accounts(1));
    for (const [workload, [requests, accounts]] of Object.entries(WORKLOADS)) {
      const runs: Run[] = [];
      for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
        await sleep(REST_MS);
        runs.push(await run(stage, gateway, requests, accounts));
      }
      const figure = {
        fewest: FEWEST,
        ratio: spreadOf(runs.map(({ calls }) => calls / FEWEST)),
        calls: runs.map(({ calls }) => calls),
        seconds: spreadOf(runs.map(({ seconds }) => seconds)),
        connections: Math.max(...runs.map(({ connections }) => connections)),
      };
      console.log(
        `${rates} ${workload}: ${figure.calls.join(', ')} calls of ${FEWEST}, ratio ${figure.ratio.median}`,
      );
      figures[`${workload}, ${rates}`] = figure;
    }
    await gateway.stop();
  }
  return { figures };
});

async function run(
  stage: Stage,
  { client }: StagedGateway,
  requests: number,
  accounts: number,
): Promise<Run> {
  await stage.sandbox.reset(0);
  const startedAt = performance.now();
  const sent = Array.from({ length: requests }, () =>
    client.createMembers(stage.accounts(accounts), { waitSeconds: 60 }),
  );
  const connections = client.connections();
  for (const { request } of await Promise.all(sent)) {
    if (request.status !== 'SUCCEEDED') {
      throw new Error(`a request ended ${request.status}`);
    }
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const calls = await stage.sandbox.calls();
  const carried = calls.reduce((sum, { accountIds }) => sum + accountIds.length, 0);
  if (carried !== requests * accounts * TARGETS) {
    throw new Error(`${carried} accounts were carried`);
  }
  return { calls: calls.length, seconds, connections };
}
