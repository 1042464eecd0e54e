/*
 * Measures pages of outcomes on a large record: requests per second on 50 connections. The gateway is compared with
 * node:http and one SQL statement, with the same schema on Mercurius, and with Apollo and Prisma's findMany. Also measured
 * are pages far into the record, and the GraphQL layer alone beside JSON.stringify.
 *
 * `--outcomes N` sets the size of the record (5,000,000). `--quick` measures one round of three seconds each and does not
 * wait for a quiet machine; its figures are for trials only.
 */
import { parseArgs } from 'node:util';
import type { Closers } from '../src/closers.js';
import { RESOLVED_QUERY } from './history/page.js';
import { answerOf, pagesFrom, startServer, type Contender } from './support/contenders.js';
import { ownMs, processMs } from './support/cpu.js';
import { writeLargeRecord } from './support/largeRecord.js';
import { startLoad, type Load } from './support/load.js';
import { measureQuietly, withForeignCores } from './support/quiet.js';
import { runBench } from './support/runBench.js';
import { openStage, type Stage } from './support/stage.js';
import { percentile, rounded, spreadOf } from './support/statistics.js';

const { values } = parseArgs({
  options: { outcomes: { type: 'string', default: '5000000' }, quick: { type: 'boolean', default: false } },
});
const OUTCOMES = Number(values.outcomes);

const CONNECTIONS = 50;
const [ROUNDS, SECONDS, WARM_UP_SECONDS] = values.quick ? [1, 3, 2] : [5, 8, 4];

/** Consecutive pages that are requested in turn, from page 1 and from FAR_PAGE. */
const PAGES = 20;
const FAR_PAGE = Math.min(20_000, Math.floor(OUTCOMES / 50) - PAGES);

interface Turn {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the server, and of server, PostgreSQL and load together, in milliseconds per request. */
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

  const contenders = await startContenders(closers, stage, url);
  await compareAnswers(contenders);
  const { turns, foreignCores } = await measureInTurns(contenders, startLoad(closers));
  const spreads = spreadsOf(turns);
  printSpreads(spreads);
  const figures = { ...ratiosOf(spreads), ...spreads };
  console.log(
    `${figures.rateOfBare} of node:http, ${figures.rateOfMercurius} of Mercurius, ${figures.timesApollo} times Apollo; page ` +
      `${FAR_PAGE} costs ${figures.farTimesNear} times page 1; the layer alone ${figures.layerRateOfStringify} of JSON.stringify`,
  );
  return { figures, foreignCores };
});

async function startContenders(closers: Closers, stage: Stage, url: string) {
  const near = await pagesFrom(url, 1, PAGES);
  const far = await pagesFrom(url, FAR_PAGE, PAGES);
  const environment = { DATABASE_URL: url };
  const gateway = await stage.replica(url);
  const layer = await startServer(closers, 'layer', environment);
  const stringify = await startServer(closers, 'stringify', { ANSWER_URL: `${layer.url}/graphql` });
  return {
    gateway: { program: gateway, bodies: near },
    // A separate process: V8 would optimise one process for a mixture of both ways.
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
}

type Contenders = Awaited<ReturnType<typeof startContenders>>;
type Name = keyof Contenders;

function namesOf(contenders: Contenders): Name[] {
  return Object.keys(contenders) as Name[];
}

/**
 * Compares the answers before they are measured. The answers of the gateway, its resolvers, node:http, the layer and
 * JSON.stringify agree byte for byte; those of Mercurius and Apollo have the same data.
 */
async function compareAnswers(contenders: Contenders): Promise<void> {
  const { gateway, far, bare, resolved: resolvers, mercurius, apollo, layer, stringify } = contenders;
  const [first = ''] = gateway.bodies;
  for (const body of [...gateway.bodies, ...far.bodies]) {
    const answer = await answerOf(gateway, body);
    await expectAnswer(bare, body, answer);
    await expectAnswer(resolvers, resolved(body), answer);
    await expectData(mercurius, body, answer);
  }
  // Apollo needs seconds for a far page, and is not measured there.
  for (const body of gateway.bodies) {
    await expectData(apollo, body, await answerOf(gateway, body));
  }
  const answer = await answerOf(gateway, first);
  await expectAnswer(layer, first, answer);
  await expectAnswer(layer, resolved(first), answer);
  await expectAnswer(stringify, first, answer);
}

async function expectAnswer(contender: Contender, body: string, expected: string): Promise<void> {
  const answer = await answerOf(contender, body);
  if (answer !== expected) {
    throw new Error(`expected ${expected.slice(0, 500)}, got ${answer.slice(0, 500)} for ${body}`);
  }
}

async function expectData(contender: Contender, body: string, expected: string): Promise<void> {
  const answer = await answerOf(contender, body);
  if (dataOf(answer) !== dataOf(expected)) {
    throw new Error(
      `expected the data of ${expected.slice(0, 500)}, got ${answer.slice(0, 500)} for ${body}`,
    );
  }
}

/** Measures the contenders in turns, after a warm-up. */
async function measureInTurns(
  contenders: Contenders,
  load: Load,
): Promise<{ turns: Map<Name, Turn[]>; foreignCores: number[] }> {
  const names = namesOf(contenders);
  const turns = new Map(names.map((name) => [name, [] as Turn[]]));
  const foreignCores: number[] = [];
  for (const name of names) {
    await measure(load, contenders[name], WARM_UP_SECONDS);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) {
      const turn = (): Promise<Turn> => measure(load, contenders[name], SECONDS);
      const { value, foreignCores: foreign } = await (values.quick ? withForeignCores : measureQuietly)(turn);
      turns.get(name)?.push(value);
      foreignCores.push(foreign);
    }
  }
  return { turns, foreignCores };
}

async function measure(load: Load, { program, bodies }: Contender, seconds: number): Promise<Turn> {
  const before = { server: processMs(program.pid), all: ownMs() };
  const order = { url: program.url, bodies, connections: CONNECTIONS, seconds };
  const { requests, ...answer } = await load(order);
  const serverCpu = (processMs(program.pid) - before.server) / requests;
  return { ...answer, serverCpu, allCpu: (ownMs() - before.all) / requests };
}

type Spreads = Record<Name, ReturnType<typeof summaryOf>>;

function spreadsOf(turns: ReadonlyMap<Name, readonly Turn[]>): Spreads {
  return Object.fromEntries([...turns].map(([name, each]) => [name, summaryOf(each)])) as Spreads;
}

function printSpreads(spreads: Spreads): void {
  for (const [name, { requestsPerSecond, p50, serverCpu, allCpu }] of Object.entries(spreads)) {
    console.log(
      `${name}: ${Math.round(requestsPerSecond.median)} a second, p50 ${p50.median} ms, CPU ${serverCpu.median} of ${allCpu.median} ms`,
    );
  }
}

function ratiosOf(spreads: Spreads) {
  const ratio = (one: Name, other: Name) =>
    rounded(spreads[one].requestsPerSecond.median / spreads[other].requestsPerSecond.median);
  return {
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
  };
}

/** The body of a request for the same page through resolvers. */
function resolved(body: string): string {
  return JSON.stringify({ ...(JSON.parse(body) as object), query: RESOLVED_QUERY });
}

function dataOf(answer: string): string {
  const { data } = JSON.parse(answer) as { data: { outcomes: { nodes: unknown[] } } };
  if (data.outcomes.nodes.length !== 50) {
    throw new Error(`expected a page of 50 outcomes, got ${answer.slice(0, 500)}`);
  }
  return JSON.stringify(data);
}

function summaryOf(turns: readonly Turn[]) {
  const of = (figure: keyof Turn) => spreadOf(turns.map((turn) => turn[figure]));
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
