/*
 * How long 800 calls take (10,000 accounts at four targets), with 100 ms of latency and no quota: through the gateway,
 * and through the bare AWS SDK with as many calls in flight.
 */
import { FOUR_TARGETS, startBareSdk, type BareSdk } from './support/bareSdk.js';
import { NO_QUOTA } from './support/programs.js';
import { measureQuietly, type Measured } from './support/quiet.js';
import { runBench } from './support/runBench.js';
import { openStage, type Stage, type StagedGateway } from './support/stage.js';
import { rounded, spreadOf } from './support/statistics.js';

const REPETITIONS = 7;
const ACCOUNTS = 10_000;
const PER_CALL = 50;
const CALLS = FOUR_TARGETS.length * Math.ceil(ACCOUNTS / PER_CALL);
const LATENCY_MS = 100;

/** The gateway's default of CALLS_IN_FLIGHT_PER_LANE. */
const IN_FLIGHT = 10;

/** Milliseconds of one run through the gateway. */
interface GatewayRun {
  /** From the mutation's first byte to the last of its answer, which says that the request has finished. */
  readonly whole: number;
  /** From the first call's arrival at the sandbox to the last one's answer. */
  readonly calling: number;
}

await runBench('throughput', async (closers) => {
  const stage = await openStage(closers);
  const gateway = await stage.gateway({ ...NO_QUOTA, CALLS_IN_FLIGHT_PER_LANE: String(IN_FLIGHT) });
  const bare = startBareSdk(closers, stage.sandbox.url);

  const throughGateway: Measured<GatewayRun>[] = [];
  const throughBare: Measured<number>[] = [];
  for (let repetition = -1; repetition < REPETITIONS; repetition += 1) {
    const one = await measureQuietly(() => runGateway(stage, gateway));
    const other = await measureQuietly(() => runBare(stage, bare));
    // The first round warms both up.
    if (repetition < 0) {
      continue;
    }
    console.log(
      `gateway ${rounded(one.value.whole)} ms, of it calling ${one.value.calling} ms; bare ${rounded(other.value)} ms`,
    );
    throughGateway.push(one);
    throughBare.push(other);
  }

  const wholeMs = spreadOf(throughGateway.map(({ value }) => value.whole));
  const callingMs = spreadOf(throughGateway.map(({ value }) => value.calling));
  const bareMs = spreadOf(throughBare.map(({ value }) => value));
  const times = rounded(wholeMs.median / bareMs.median);
  console.log(
    `${times} times the bare SDK; calling alone ${rounded(callingMs.median / bareMs.median)} times`,
  );
  return {
    figures: {
      calls: CALLS,
      inFlight: FOUR_TARGETS.length * IN_FLIGHT,
      latencyMs: LATENCY_MS,
      times,
      wholeMs,
      callingMs,
      bareMs,
    },
    foreignCores: [...throughGateway, ...throughBare].map(({ foreignCores }) => foreignCores),
  };
});

async function runGateway(
  { sandbox, accounts, postgres }: Stage,
  { client }: StagedGateway,
): Promise<GatewayRun> {
  await sandbox.reset(LATENCY_MS);
  await postgres.checkpoint();
  const { request, ms } = await client.createMembers(accounts(ACCOUNTS), { waitSeconds: 60 });
  if (request.status !== 'SUCCEEDED') {
    throw new Error(`the request ended ${request.status} after ${ms} ms: ${JSON.stringify(request)}`);
  }
  const calls = await sandbox.calls();
  if (calls.length !== CALLS) {
    throw new Error(`${calls.length} calls were made`);
  }
  const began = Math.min(...calls.map(({ receivedAt }) => receivedAt));
  const ended = Math.max(...calls.map(({ answeredAt }) => answeredAt));
  return { whole: ms, calling: ended - began };
}

async function runBare({ sandbox, accounts }: Stage, bare: BareSdk): Promise<number> {
  await sandbox.reset(LATENCY_MS);
  const order = {
    targets: FOUR_TARGETS,
    accounts: accounts(ACCOUNTS),
    accountsPerCall: PER_CALL,
    inFlight: IN_FLIGHT,
  };
  const [ms = Number.NaN] = await bare.send(order);
  const calls = await sandbox.calls();
  if (calls.length !== CALLS) {
    throw new Error(`${calls.length} calls were made`);
  }
  return ms;
}
