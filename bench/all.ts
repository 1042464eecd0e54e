/* Runs every bench, one after the other, each in a process of its own. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const BENCHES = [
  'calls',
  'throughput',
  'accept',
  'latency',
  'memory',
  'makespan',
  'organization',
  'takeover',
  'inventory',
  'history',
  'exports',
  'prices',
  'fairness',
];

const failed = BENCHES.filter((bench) => {
  const file = path.join(import.meta.dirname, `${bench}.ts`);
  return spawnSync(process.execPath, [...process.execArgv, file], { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) {
  console.error(`Benches that failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
