/*
 * How long a lane stands still when its worker's process is killed, frozen or told to stop, until another process sends
 * the lane's next request: mostly the read-back of what the dead one left in flight.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_QUOTA } from './support/programs.js';
import { runBench } from './support/runBench.js';
import { openStage, type Stage, type StagedGateway } from './support/stage.js';
import { percentile, rounded } from './support/statistics.js';

const WAYS = { killed: 20, frozen: 8, stopped: 8 } as const;
const WHERE = { services: ['SECURITY_HUB'], regions: ['us-east-1'], waitSeconds: 0 };

/** Enough work to last from one end to the next, at 50 accounts a call, 10 calls in flight and this latency. */
const ACCOUNTS = 5_000;
const LATENCY_MS = 300;

/** No lane takes longer to change hands, in milliseconds. */
const LIMIT_MS = 60_000;

await runBench('takeover', async (closers) => {
  const stage = await openStage(closers);
  const databaseUrl = await stage.database();
  const start = (): Promise<StagedGateway> => stage.replica(databaseUrl, NO_QUOTA);
  let holder = await start();
  const figures: Record<string, object> = {};
  for (const [way, times] of Object.entries(WAYS)) {
    const took: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const successor = await start();
      took.push(await handOver(stage, holder, way));
      await successor.client.settled();
      await holder.stop();
      holder = successor;
    }
    const figure = { p50: percentile(took, 0.5), p99: percentile(took, 0.99), all: took };
    console.log(`${way}: p50 ${figure.p50} s, p99 ${figure.p99} s of ${times}`);
    figures[way] = figure;
  }
  return { figures };
});

/** Seconds from the end of the holder, in the midst of work, to the first request that another process sends. */
async function handOver({ sandbox, accounts }: Stage, holder: StagedGateway, way: string): Promise<number> {
  await sandbox.reset(LATENCY_MS);
  await holder.client.createMembers(accounts(ACCOUNTS), WHERE);
  while ((await sandbox.calls()).length < 20) {
    await sleep(10);
  }
  // A moment of its own in the rhythm of heartbeats and looks.
  await sleep(Math.random() * 1_000);
  const endedAt = Date.now();
  if (way === 'stopped') {
    await holder.stop();
  } else {
    holder.strike(way === 'killed' ? 'SIGKILL' : 'SIGSTOP');
  }
  // What had left before is not the successor's; a stop sends until it is noticed, and so counts from its end.
  const from = way === 'stopped' ? Date.now() : endedAt + 50;
  while (Date.now() < endedAt + LIMIT_MS) {
    const next = (await sandbox.calls(null)).find(({ receivedAt }) => receivedAt > from);
    if (next !== undefined) {
      return rounded((next.receivedAt - from) / 1_000);
    }
    await sleep(20);
  }
  throw new Error(`no worker took the lane over within ${LIMIT_MS} ms`);
}
