/*
 * What a page of outcomes costs with years of outcomes on record: requests per second on 50 connections, through the
 * gateway, beside node:http with one SQL statement, the same schema on Mercurius, and Apollo with Prisma's findMany; far
 * into the record; and the GraphQL layer alone, beside JSON.stringify. `--outcomes N` makes a smaller record, and `--quick`
 * one round of three seconds each, whatever else runs on the machine: for trying out.
 */
import { parseArgs } from 'node:util';
import { RESOLVED_QUERY } from './history/page.js';
import { answerOf, pagesFrom, startServer, type Contender } from './support/contenders.js';
import { ownMs, processMs } from './support/cpu.js';
import { writeLargeRecord } from './support/largeRecord.js';
import { startLoad } from './support/load.js';
import { measureQuietly, withForeignCores } from './support/quiet.js';
import { runBench } from './support/runBench.js';
import { openStage } from './support/stage.js';
import { percentile, rounded, spreadOf } from './support/statistics.js';

const { values } = parseArgs({
  options: { outcomes: { type: 'string', default: '5000000' }, quick: { type: 'boolean', default: false } },
});
const OUTCOMES = Number(values.outcomes);

const CONNECTIONS = 50;
const [ROUNDS, SECONDS, WARM_UP_SECONDS] = values.quick ? [1, 3, 2] : [5, 8, 4];

/** Pages that are asked for in turn, from the first on and from far behind on. */
const PAGES = 20;
const FAR_PAGE = Math.min(20_000, Math.floor(OUTCOMES / 50) - PAGES);

interface Turn {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the server alone, and of everything: server, PostgreSQL and load. Milliseconds for each request. */
  readonly serverCpu: number;
  readonly allCpu: number;
}

await runBench('history', async (closers) => {
  const stage = await openStage(closers);
  const url = await stage.database();
  const began = performance.now();
  await writeLargeRecord(url, OUTCOMES);
  await stage.postgres.checkpoint();
  console.log(`${OUTCOMES} outcomes written in ${Math.round((performance.now() - began) / 1000)} s`);

  const near = await pagesFrom(url, 1, PAGES);
  const far = await pagesFrom(url, FAR_PAGE, PAGES);
  const environment = { DATABASE_URL: url };
  const gateway = await stage.replica(url);
  const layer = await startServer(closers, 'layer', environment);
  const stringify = await startServer(closers, 'stringify', { ANSWER_URL: `${layer.url}/graphql` });
  const contenders = {
    gateway: { program: gateway, bodies: near },
    // A process of its own: one that answers both ways is optimised for neither.
    resolved: { program: await stage.replica(url), bodies: near.map(resolved) },
    bare: { program: await startServer(closers, 'bare', environment), bodies: near },
    mercurius: { program: await startServer(closers, 'mercurius', environment), bodies: near },
    apollo: { program: await startServer(closers, 'apollo', environment), bodies: near },
    far: { program: gateway, bodies: far },
    layer: { program: layer, bodies: near.slice(0, 1) },
    layerResolved: {
      program: await startServer(closers, 'layer', environment),
      bodies: near.slice(0, 1).map(resolved),
    },
    stringify: { program: stringify, bodies: near.slice(0, 1) },
  } satisfies Record<string, Contender>;
  await compareAnswers(contenders, near, far);

  const load = startLoad(closers);
  const measure = async ({ program, bodies }: Contender, seconds: number): Promise<Turn> => {
    const before = { server: processMs(program.pid), all: ownMs() };
    const order = { url: program.url, bodies, connections: CONNECTIONS, seconds };
    const { requests, ...answer } = await load(order);
    const serverCpu = (processMs(program.pid) - before.server) / requests;
    return { ...answer, serverCpu, allCpu: (ownMs() - before.all) / requests };
  };

  const names = Object.keys(contenders) as (keyof typeof contenders)[];
  const turns = new Map(names.map((name) => [name, [] as Turn[]]));
  const foreignCores: number[] = [];
  for (const name of names) {
    await measure(contenders[name], WARM_UP_SECONDS);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) {
      const turn = (): Promise<Turn> => measure(contenders[name], SECONDS);
      const { value, foreignCores: foreign } = await (values.quick ? withForeignCores : measureQuietly)(turn);
      turns.get(name)?.push(value);
      foreignCores.push(foreign);
    }
  }

  const spreads = Object.fromEntries(names.map((name) => [name, summaryOf(turns.get(name) ?? [])])) as Record<
    (typeof names)[number],
    ReturnType<typeof summaryOf>
  >;
  for (const name of names) {
    const { requestsPerSecond, p50, serverCpu, allCpu } = spreads[name];
    console.log(
      `${name}: ${Math.round(requestsPerSecond.median)} a second, p50 ${p50.median} ms, CPU ${serverCpu.median} of ${allCpu.median} ms`,
    );
  }
  const ratio = (one: keyof typeof contenders, other: keyof typeof contenders) =>
    rounded(spreads[one].requestsPerSecond.median / spreads[other].requestsPerSecond.median);
  const figures = {
    outcomes: OUTCOMES,
    farPage: FAR_PAGE,
    connections: CONNECTIONS,
    rateOfBare: ratio('gateway', 'bare'),
    rateOfMercurius: ratio('gateway', 'mercurius'),
    timesApollo: ratio('gateway', 'apollo'),
    timesResolved: ratio('gateway', 'resolved'),
    farTimesNear: ratio('gateway', 'far'),
    farTimesNearP50: rounded(spreads.far.p50.median / spreads.gateway.p50.median),
    layerRateOfStringify: ratio('layer', 'stringify'),
    layerResolvedRateOfStringify: ratio('layerResolved', 'stringify'),
    ...spreads,
  };
  console.log(
    `${figures.rateOfBare} of node:http, ${figures.rateOfMercurius} of Mercurius, ${figures.timesApollo} times Apollo; page ` +
      `${FAR_PAGE} costs ${figures.farTimesNear} times page 1; the layer alone ${figures.layerRateOfStringify} of JSON.stringify`,
  );
  return { figures, foreignCores };
});

/** Everybody answers with the same page: to the last byte where the answers hold the same, else the same data. */
async function compareAnswers(
  { gateway, resolved: other, bare, mercurius, apollo, layer, stringify }: Record<string, Contender>,
  near: readonly string[],
  far: readonly string[],
): Promise<void> {
  if (!gateway || !other || !bare || !mercurius || !apollo || !layer || !stringify) {
    throw new Error('somebody is missing');
  }
  const [first = ''] = near;
  for (const body of [...near, ...far]) {
    const answer = await answerOf(gateway, body);
    const data = dataOf(answer);
    if ((await answerOf(bare, body)) !== answer) {
      throw new Error(`bare answers otherwise to ${body}`);
    }
    if ((await answerOf(other, resolved(body))) !== answer) {
      throw new Error(`resolvers: ${body}`);
    }
    if (dataOf(await answerOf(mercurius, body)) !== data) {
      throw new Error(`Mercurius: ${body}`);
    }
    // It takes seconds to find a page far behind, and is not measured there.
    if (near.includes(body) && dataOf(await answerOf(apollo, body)) !== data) {
      throw new Error(`Apollo: ${body}`);
    }
    if (body !== first) {
      continue;
    }
    if ((await answerOf(layer, body)) !== answer) {
      throw new Error('the layer alone answers otherwise');
    }
    if ((await answerOf(layer, resolved(body))) !== answer) {
      throw new Error('the layer with resolvers does');
    }
    if ((await answerOf(stringify, body)) !== answer) {
      throw new Error('JSON.stringify answers otherwise');
    }
  }
}

/** The body for the same page by resolvers. */
function resolved(body: string): string {
  return JSON.stringify({ ...(JSON.parse(body) as object), query: RESOLVED_QUERY });
}

function dataOf(answer: string): string {
  const { data } = JSON.parse(answer) as { data: { outcomes: { nodes: unknown[] } } };
  if (data.outcomes.nodes.length !== 50) {
    throw new Error(`no full page: ${answer.slice(0, 500)}`);
  }
  return JSON.stringify(data);
}

function summaryOf(turns: readonly Turn[]) {
  const of = (what: keyof Turn) => spreadOf(turns.map((turn) => turn[what]));
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50: of('p50'),
    p99: {
      median: percentile(
        turns.map(({ p99 }) => p99),
        0.5,
      ),
    },
    serverCpu: of('serverCpu'),
    allCpu: of('allCpu'),
  };
}
