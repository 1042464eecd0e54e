/* How much memory the gateway's process keeps while it has nothing to do: after its start, and after work and a rest. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_QUOTA } from './support/programs.js';
import { runBench } from './support/runBench.js';
import { openStage } from './support/stage.js';
import { rounded, spreadOf } from './support/statistics.js';

const REPETITIONS = 3;
const MUTATIONS = 1_000;
const LARGE_REQUEST = 10_000;

/** Between the start and the first look, in milliseconds. */
const SETTLE_MS = 5_000;

/** Between the last mutation and the look after it, in milliseconds. */
const REST_MS = 30_000;

await runBench('memory', async (closers) => {
  const stage = await openStage(closers);
  await stage.sandbox.reset(0);
  const looks: { started: number; mutated: number; large: number }[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    const { client, pid, stop } = await stage.gateway(NO_QUOTA);
    await sleep(SETTLE_MS);
    const started = residentMb(pid);
    for (const account of stage.accounts(MUTATIONS)) {
      await client.createMembers([account]);
    }
    await sleep(REST_MS);
    const mutated = residentMb(pid);
    await client.createMembers(stage.accounts(LARGE_REQUEST), { waitSeconds: 60 });
    await sleep(REST_MS);
    const large = residentMb(pid);
    console.log(
      `after start ${started} MB, after ${MUTATIONS} mutations ${mutated} MB, after a large one ${large} MB`,
    );
    looks.push({ started, mutated, large });
    await stop();
  }
  return {
    figures: {
      afterStartMb: spreadOf(looks.map(({ started }) => started)),
      after1000MutationsMb: spreadOf(looks.map(({ mutated }) => mutated)),
      afterOneOf10000AccountsMb: spreadOf(looks.map(({ large }) => large)),
    },
  };
});

/** The process's resident set, in megabytes of 10^6 bytes. */
function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return rounded((Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024) / 1e6);
}
