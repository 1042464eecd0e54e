/*
 * What the gateway adds to a mutation of one account: its time less that of the same calls through the bare AWS SDK,
 * one after the other, each with an account that was not asked for before. At one target and at four, with and without
 * latency.
 */
import { FOUR_TARGETS, ONE_TARGET, startBareSdk, type BareSdk, type BareTarget } from './support/bareSdk.js';
import { NO_QUOTA } from './support/programs.js';
import { measureQuietly } from './support/quiet.js';
import { runBench } from './support/runBench.js';
import { openStage, type Stage, type StagedGateway } from './support/stage.js';
import { percentile, rounded } from './support/statistics.js';

/** Gateway and bare SDK take turns, so that what disturbs one disturbs the other. */
const ROUNDS = 5;

/** Mutations of a round, by the sandbox's latency in milliseconds. */
const MUTATIONS = new Map([
  [0, 200],
  [100, 40],
]);

const WARM_UP = 300;

const TARGETS = [ONE_TARGET, FOUR_TARGETS];

await runBench('latency', async (closers) => {
  const stage = await openStage(closers);
  await stage.sandbox.reset(0);
  const gateway = await stage.gateway(NO_QUOTA);
  const bare = startBareSdk(closers, stage.sandbox.url);
  for (const targets of TARGETS) {
    await mutate(stage, gateway, targets, WARM_UP);
    await sendBare(stage, bare, targets, WARM_UP);
  }

  const figures: Record<string, object> = {};
  const foreignCores: number[] = [];
  for (const [latency, mutations] of MUTATIONS) {
    await stage.sandbox.reset(latency);
    for (const targets of TARGETS) {
      const [throughGateway, throughBare]: [number[], number[]] = [[], []];
      const perRound: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const one = await measureQuietly(() => mutate(stage, gateway, targets, mutations));
        const other = await measureQuietly(() => sendBare(stage, bare, targets, mutations));
        throughGateway.push(...one.value);
        throughBare.push(...other.value);
        perRound.push(percentile(one.value, 0.5) - percentile(other.value, 0.5));
        foreignCores.push(one.foreignCores, other.foreignCores);
      }
      const name = `${targets.length} target${targets.length === 1 ? '' : 's'}, latency ${latency} ms`;
      const figure = compared(throughGateway, throughBare, perRound);
      console.log(
        `${name}: p50 ${figure.gatewayMs.p50} ms, bare ${figure.bareMs.p50} ms, added ${figure.addedMs.p50} ms`,
      );
      figures[name] = figure;
    }
  }
  return { figures, foreignCores };
});

function compared(gateway: readonly number[], bare: readonly number[], perRound: readonly number[]) {
  const [gatewayMs, bareMs] = [gateway, bare].map(percentiles) as [Percentiles, Percentiles];
  const addedMs = {
    p50: rounded(gatewayMs.p50 - bareMs.p50),
    p99: rounded(gatewayMs.p99 - bareMs.p99),
    p50OfEachRound: perRound.map(rounded),
  };
  return { samples: gateway.length, gatewayMs, bareMs, addedMs };
}

type Percentiles = ReturnType<typeof percentiles>;

function percentiles(times: readonly number[]) {
  return {
    p50: percentile(times, 0.5),
    p90: percentile(times, 0.9),
    p99: percentile(times, 0.99),
    most: percentile(times, 1),
  };
}

async function mutate(
  { accounts }: Stage,
  { client }: StagedGateway,
  targets: readonly BareTarget[],
  count: number,
): Promise<number[]> {
  const options = {
    services: [...new Set(targets.map(({ service }) => service))],
    regions: [...new Set(targets.map(({ region }) => region))],
  };
  const times: number[] = [];
  for (const account of accounts(count)) {
    const { request, ms } = await client.createMembers([account], options);
    if (request.status !== 'SUCCEEDED') {
      throw new Error(`the request ended ${request.status}`);
    }
    times.push(ms);
  }
  return times;
}

async function sendBare(
  { accounts }: Stage,
  bare: BareSdk,
  targets: readonly BareTarget[],
  count: number,
): Promise<number[]> {
  return bare.send({ targets, accounts: accounts(count), accountsPerCall: 1, inFlight: null });
}
