/*
 * Whether a change costs anything: pages of outcomes by two builds of the gateway, on the same record, in turns. `--before DIR` is
 * the installation of the version before the change, built, and `--after DIR` that of the change, by default this one. `--name NAME` names the file of results.
 *
 *   npx tsx bench/compare.ts --before ../before --name primitives
 */
import { parseArgs } from 'node:util';
import { pagesFrom, type Contender } from './support/contenders.js';
import { processMs } from './support/cpu.js';
import { writeLargeRecord } from './support/largeRecord.js';
import { startLoad } from './support/load.js';
import { startGateway } from './support/programs.js';
import { withForeignCores } from './support/quiet.js';
import { ROOT } from './support/report.js';
import { runBench } from './support/runBench.js';
import { openStage } from './support/stage.js';
import { spreadOf } from './support/statistics.js';

const { values } = parseArgs({
  options: {
    before: { type: 'string' },
    after: { type: 'string', default: ROOT },
    name: { type: 'string', default: 'compare' },
    outcomes: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '30' },
    seconds: { type: 'string', default: '2' },
  },
});
const CONNECTIONS = 50;
const PAGES = 20;
const WARM_UP_SECONDS = 6;

interface Turn {
  readonly requestsPerSecond: number;
  /** CPU time of the gateway for each page, in milliseconds. */
  readonly cpu: number;
}

await runBench(values.name, async (closers) => {
  const { before } = values;
  if (before === undefined) {
    throw new Error('expected --before DIR');
  }
  const stage = await openStage(closers);
  const open = async (root: string): Promise<Contender> => {
    // A database each: what pg-boss does now and then would fall to one of two replicas.
    const url = await stage.database();
    await writeLargeRecord(url, Number(values.outcomes));
    const environment = { DATABASE_URL: url, AWS_ENDPOINT_URL: stage.sandbox.url };
    const program = await startGateway(closers, environment, root);
    return { program, bodies: await pagesFrom(url, 1, PAGES) };
  };
  const builds = { before: await open(before), after: await open(values.after) };
  await stage.postgres.checkpoint();

  const load = startLoad(closers);
  const measure = async ({ program, bodies }: Contender, seconds: number): Promise<Turn> => {
    const cpuBefore = processMs(program.pid);
    const { requests, requestsPerSecond } = await load({
      url: program.url,
      bodies,
      connections: CONNECTIONS,
      seconds,
    });
    return { requestsPerSecond, cpu: (processMs(program.pid) - cpuBefore) / requests };
  };
  await measure(builds.before, WARM_UP_SECONDS);
  await measure(builds.after, WARM_UP_SECONDS);
  const turns: Record<keyof typeof builds, Turn[]> = { before: [], after: [] };
  const foreignCores: number[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    // Who is first changes, so that a trend of the machine favours neither.
    for (const name of round % 2 === 0 ? (['before', 'after'] as const) : (['after', 'before'] as const)) {
      const measured = await withForeignCores(() => measure(builds[name], Number(values.seconds)));
      turns[name].push(measured.value);
      foreignCores.push(measured.foreignCores);
    }
  }

  const [one, other] = [summaryOf(turns.before), summaryOf(turns.after)];
  const figures = {
    outcomes: Number(values.outcomes),
    connections: CONNECTIONS,
    method:
      'pages of 50 outcomes as text; each build on a database of its own with the same record, in turns; a ratio is the median of the ratios of the rounds',
    cpuAfterOfBefore: ratioOf(turns, 'cpu'),
    rateAfterOfBefore: ratioOf(turns, 'requestsPerSecond'),
    before: one,
    after: other,
  };
  console.log(
    `CPU a page ${one.cpu.median} -> ${other.cpu.median} ms (${figures.cpuAfterOfBefore}), ` +
      `${one.requestsPerSecond.median} -> ${other.requestsPerSecond.median} pages a second (${figures.rateAfterOfBefore})`,
  );
  return { figures, foreignCores };
});

/** The two turns of a round follow one another: other programs on the machine disturb both alike. */
function ratioOf(turns: Record<'before' | 'after', readonly Turn[]>, what: keyof Turn): number {
  const ratios = turns.after.map((turn, round) => turn[what] / (turns.before[round]?.[what] ?? Number.NaN));
  return spreadOf(ratios).median;
}

function summaryOf(turns: readonly Turn[]) {
  return {
    requestsPerSecond: spreadOf(turns.map(({ requestsPerSecond }) => requestsPerSecond)),
    cpu: spreadOf(turns.map(({ cpu }) => cpu)),
  };
}
