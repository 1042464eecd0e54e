/*
 * How long 5,000 accounts take in one lane, created and then invited, against the least that the quota allows, which is
 * (calls - burst) / rate. The sandbox enforces the same rate and burst as the gateway keeps. Then the same creation spread
 * over 1, 2, 4 and 8 gateway processes: together they must use the quota, and never exceed it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggedCall, SandboxRate } from './support/programs.js';
import { runBench } from './support/runBench.js';
import { openStage, type Stage, type StagedGateway } from './support/stage.js';
import { rounded, spreadOf } from './support/statistics.js';

const REPETITIONS = 3;
const ACCOUNTS = 5_000;
const PER_CALL = 50;
const PROCESSES = [1, 2, 4, 8];

/** AWS's own for Security Hub, and the gateway's default for GuardDuty. */
const RATES: { guardduty: SandboxRate; securityhub: SandboxRate } = {
  guardduty: { perSecond: 5, burst: 10 },
  securityhub: { perSecond: 10, burst: 30 },
};
const LANES = { GUARDDUTY: RATES.guardduty, SECURITY_HUB: RATES.securityhub } as const;
const REGIONS = ['us-east-1'];

/** By then either bucket is full again, in milliseconds. */
const REST_MS = 3_500;

await runBench('makespan', async (closers) => {
  const stage = await openStage(closers);
  const createAndInvite: Record<string, object> = {};
  const gateway = await stage.gateway();
  for (const [service, rate] of Object.entries(LANES)) {
    await gateway.client.createMembers(stage.accounts(1), { services: [service], regions: REGIONS });
    const runs = [];
    for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
      runs.push(await runBoth(stage, gateway, service, rate));
    }
    const figure = {
      ratio: spreadOf(runs.map(({ ratio }) => ratio)),
      throttledShare: Math.max(...runs.map(({ throttledShare }) => throttledShare)),
      runs,
    };
    console.log(`${service}: ${figure.ratio.median} of the floor, throttled ${figure.throttledShare}`);
    createAndInvite[service] = figure;
  }
  await gateway.stop();

  const processes: Record<number, object> = {};
  for (const count of PROCESSES) {
    const databaseUrl = await stage.database();
    const replicas = await Promise.all(Array.from({ length: count }, () => stage.replica(databaseUrl)));
    const runs = [];
    for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
      runs.push(await runSpread(stage, replicas));
    }
    const figure = {
      ofAllowed: spreadOf(runs.map(({ ofAllowed }) => ofAllowed)),
      throttled: runs.map(({ throttled }) => throttled),
    };
    console.log(
      `${count} processes: ${figure.ofAllowed.all.join(', ')} of the rate, throttled ${figure.throttled.join(', ')}`,
    );
    processes[count] = figure;
    await Promise.all(replicas.map((replica) => replica.stop()));
  }
  return { figures: { accounts: ACCOUNTS, rates: RATES, createAndInvite, processes } };
});

async function rested({ sandbox }: Stage): Promise<void> {
  await sandbox.reset(0);
  await sandbox.limit(RATES);
  await sleep(REST_MS);
}

/** Both mutations at once, from the first byte of the first to the end of the second; an invitation waits for its creation. */
async function runBoth(stage: Stage, { client }: StagedGateway, service: string, rate: SandboxRate) {
  await rested(stage);
  const accounts = stage.accounts(ACCOUNTS);
  const where = { services: [service], regions: REGIONS };
  const startedAt = performance.now();
  await client.createMembers(accounts, { ...where, waitSeconds: 0 });
  const { request } = await client.inviteMembers(accounts, { ...where, waitSeconds: 60 });
  const seconds = (performance.now() - startedAt) / 1_000;
  if (request.status !== 'SUCCEEDED') {
    throw new Error(`the invitations ended ${request.status}`);
  }
  const calls = await stage.sandbox.calls(null);
  const fewest = (2 * ACCOUNTS) / PER_CALL;
  const floor = (fewest - rate.burst) / rate.perSecond;
  return {
    seconds: rounded(seconds),
    floor,
    ratio: rounded(seconds / floor),
    calls: calls.length,
    throttledShare: rounded(throttled(calls).length / calls.length),
  };
}

/** The creation as requests of 50 spread over all processes, on one lane. */
async function runSpread(stage: Stage, replicas: readonly StagedGateway[]) {
  await rested(stage);
  const where = { services: ['SECURITY_HUB'], regions: REGIONS, waitSeconds: 60 };
  const spread = Array.from({ length: ACCOUNTS / PER_CALL }).flatMap(
    (_, index) => replicas[index % replicas.length] ?? [],
  );
  const answers = spread.map(({ client }) => client.createMembers(stage.accounts(PER_CALL), where));
  for (const { request } of await Promise.all(answers)) {
    if (request.status !== 'SUCCEEDED') {
      throw new Error(`a request ended ${request.status}`);
    }
  }
  const calls = await stage.sandbox.calls(null);
  const times = calls.map(({ receivedAt }) => receivedAt).sort((a, b) => a - b);
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
  const { perSecond, burst } = RATES.securityhub;
  return { ofAllowed: (calls.length - burst) / seconds / perSecond, throttled: throttled(calls).length };
}

function throttled(calls: readonly LoggedCall[]): LoggedCall[] {
  return calls.filter(({ errorType }) => /Throttling|LimitExceeded/.test(errorType ?? ''));
}
