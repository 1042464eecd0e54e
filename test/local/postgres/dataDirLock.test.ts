import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockDataDir } from '../../../src/local/postgres/dataDirLock.js';
import { type ChildProgram, startProgram } from '../../support/childProgram.js';

interface Answer {
  locked: boolean;
  message?: string;
}

const URL = 'http://127.0.0.1:4000/graphql';

let dataDir: string;
let programs: ChildProgram[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gateway lock-'));
  programs = [];
});
afterEach(async () => {
  for (const program of programs) {
    program.kill('SIGKILL');
  }
  await Promise.all(programs.map(({ ended }) => ended));
  await rm(dataDir, { recursive: true });
});

function holdLock(...args: string[]): ChildProgram {
  const program = startProgram('local/postgres/programs/holdLock.ts', [dataDir, ...args]);
  programs.push(program);
  return program;
}

it('creates the data directory, and frees it on release', async () => {
  const inside = join(dataDir, 'a', 'b');
  const first = await lockDataDir(inside);
  await first.release();
  await first.release();
  expect(await readdir(inside)).toEqual(['gateway.lock']);
  await (await lockDataDir(inside)).release();
});

it('tells a second gateway the URL of the first', async () => {
  const holder = holdLock(URL);
  expect(await holder.nextLine<Answer>()).toEqual({ locked: true });
  await expect(lockDataDir(dataDir)).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    message: `already running: ${URL} (process ${holder.pid}, data in ${dataDir})`,
  });
});

it('tells a second gateway that the first is still starting', async () => {
  const holder = holdLock();
  await holder.nextLine();
  await expect(lockDataDir(dataDir)).rejects.toThrow(
    `already starting (process ${holder.pid}, data in ${dataDir})`,
  );
});

it('refuses a second lock of the same process', async () => {
  const lock = await lockDataDir(dataDir);
  await lock.announce(URL);
  await expect(lockDataDir(dataDir)).rejects.toThrow(`already running: ${URL} (process ${process.pid}`);
  await lock.release();
});

it('locks the directory of a killed gateway, even if another process now has its process id', async () => {
  const killed = holdLock(URL);
  await killed.nextLine();
  killed.kill('SIGKILL');
  await killed.ended;
  await writeFile(join(dataDir, 'gateway.json'), JSON.stringify({ pid: process.ppid, url: URL }));
  const lock = await lockDataDir(dataDir);
  await expect(lockDataDir(dataDir)).rejects.toThrow(`already starting (process ${process.pid}, `);
  await lock.release();
});

it('gives the lock to exactly one of many simultaneous starts, also after a killed gateway', async () => {
  for (let round = 0; round < 3; round++) {
    const starters = Array.from({ length: 6 }, () => holdLock(URL));
    const answers = await Promise.all(starters.map((starter) => starter.nextLine<Answer>()));
    const winner = answers.findIndex(({ locked }) => locked);
    expect(answers.filter(({ locked }) => locked)).toHaveLength(1);
    for (const { locked, message } of answers) {
      if (!locked) {
        expect(message).toContain(`(process ${starters[winner]!.pid}, data in ${dataDir})`);
      }
    }
    starters[winner]!.kill('SIGKILL');
    await Promise.all(starters.map(({ ended }) => ended));
  }
});

it('says why a directory cannot be locked', async () => {
  const file = join(dataDir, 'file');
  await writeFile(file, '');
  await expect(lockDataDir(file)).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
    message: `cannot use ${file} as data directory: EEXIST: file already exists, mkdir '${file}'`,
  });
});
