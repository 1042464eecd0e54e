import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wantedFlags } from '../../src/nodeFlags.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { spawnGateway } from '../support/gatewayProcess.js';
import { byRunLength } from '../support/runLength.js';

const MIB = 2 ** 20;

describe('wantedFlags', () => {
  it('leave a quarter of a small machine to others, and never take more than 2,000 MiB', () => {
    const heap = (memory: number) => wantedFlags(memory).at(-1);
    expect(heap(1_024 * MIB)).toBe('--max-old-space-size=768');
    expect(heap(24_000 * MIB)).toBe('--max-old-space-size=2000');
    expect(heap(0)).toBe('--max-old-space-size=2000');
    expect(heap(2 ** 64)).toBe('--max-old-space-size=2000');
  });
});

describe('dist/src/main.js, run directly', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase();
  });
  afterAll(() => database.drop());

  const environments: [Record<string, string>, string[]][] = [
    [{ NODE_OPTIONS: '--max-old-space-size=700' }, ['--max-semi-space-size=16', '--heap-growing-percent=50']],
    [{}, ['--max-semi-space-size=16', '--heap-growing-percent=50', '--max-old-space-size=']],
  ];
  it.each(environments.slice(0, byRunLength(1, 2)))(
    'sets what the environment %j does not, in the same process',
    async (environment, flags) => {
      const gateway = await spawnGateway({ DATABASE_URL: database.url, ...environment });
      try {
        const command = readFileSync(`/proc/${gateway.pid}/cmdline`, 'utf8').split('\0');
        const set = command.filter((word) => word.startsWith('--'));
        expect(set.map((flag) => flags.findIndex((wanted) => flag.startsWith(wanted)))).toEqual([
          ...flags.keys(),
        ]);
      } finally {
        expect(await gateway.kill('SIGTERM')).toBe(0);
      }
    },
  );
});
