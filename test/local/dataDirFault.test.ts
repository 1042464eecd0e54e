import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataDirFault } from '../../src/local/dataDirFault.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gateway-data-dir-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a data directory', () => {
  it('that can be written has no fault; it is made, and nothing stays in it', async () => {
    const dataDir = path.join(folder, 'a new', 'one');
    expect(await dataDirFault(dataDir)).toBeNull();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('below a file is a fault', async () => {
    expect(await dataDirFault('/etc/passwd/data')).toMatch(
      /^DATA_DIR: expected a directory that can be written, \/etc\/passwd\/data; got: ENOTDIR/,
    );
  });

  // A pipe that is never read: to open it takes for ever, like a file of a network disk that has gone.
  it('that does not answer is a fault', async () => {
    const dataDir = path.join(folder, 'gone');
    await dataDirFault(dataDir);
    await promisify(execFile)('mkfifo', [path.join(dataDir, 'write-check')]);
    expect(await dataDirFault(dataDir, 1_000)).toMatch(/; got: nothing could be written within 1 seconds$/);
  });
});
