/*
 * Kills gateways and PostgreSQL while clients work, and holds the record against the service's own log.
 * Usage: npm run chaos -- [--seed N]... [--kills N] [--replicas N] [--pause MS] [--hangs] [--replay] [--save]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { saveResults } from '../../../bench/support/report.js';
import { runChaos, type ChaosResult } from '../runChaos.js';

/** How long everything may take to finish: a read-back that kept failing may be a minute away. */
const CALM_LIMIT_MS = 240_000;

/** Violations printed of each run. */
const MOST_PRINTED = 20;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', multiple: true },
    kills: { type: 'string', default: '40' },
    replicas: { type: 'string', default: '2' },
    pause: { type: 'string', default: '6000' },
    hangs: { type: 'boolean', default: false },
    replay: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
  },
});
// What ends with the process ends when it exits; a signal alone would leave gateways and PostgreSQL behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => process.exit(1));
}

const seeds = values.seed?.map(Number) ?? [Math.floor(Math.random() * 1_000_000)];
const results: ChaosResult[] = [];
for (const seed of seeds) {
  console.log(`seed ${seed}`);
  const result = await runChaos({
    seed,
    kills: Number(values.kills),
    replicas: Number(values.replicas),
    longestPauseMs: Number(values.pause),
    hangs: values.hangs,
    calmLimitMs: CALM_LIMIT_MS,
    say: values.replay ? (what) => console.log(what) : () => undefined,
  });
  results.push(result);
  print(result);
}
if (values.save) {
  saveResults('chaos', summary(results));
}
if (!results.every(isSound)) {
  process.exitCode = 1;
}

/** Whether nothing happened that must not. */
function isSound({ violations, ownEnds, client }: ChaosResult): boolean {
  return violations.length + ownEnds.length + client.unforeseen.length === 0;
}

function print(result: ChaosResult): void {
  const { history, words, violations, ...figures } = result;
  console.log(JSON.stringify({ ...figures, violations: violations.length }, null, 2));
  for (const { rule, what } of violations.slice(0, MOST_PRINTED)) {
    console.log(`${rule}: ${what}`);
  }
  if (isSound(result)) {
    return;
  }
  const file = `.cache/chaos-${result.seed}.json`;
  writeFileSync(file, JSON.stringify({ ...result, history, words }, null, 1));
  console.log(`everything about seed ${result.seed}: ${file}`);
}

function summary(runs: readonly ChaosResult[]): object {
  const sum = (figure: (run: ChaosResult) => number): number =>
    runs.reduce((total, run) => total + figure(run), 0);
  return {
    kills: sum(({ kills }) => kills),
    requests: sum(({ figures }) => figures.requests),
    outcomes: sum(({ figures }) => figures.outcomes),
    violations: sum(({ violations }) => violations.length),
    runs: runs.map(({ history: _, words: __, violations, ...figures }) => ({ ...figures, violations })),
  };
}
