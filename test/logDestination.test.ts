import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLog, openLogDestination } from '../src/log.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'log-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What a line of the log looks like in an output. */
async function written(isTTY: boolean): Promise<string> {
  const file = path.join(folder, 'log');
  const fd = openSync(file, 'w');
  createLog('info', await openLogDestination({ fd, isTTY })).info({ who: 'ann@example.com' }, 'hello');
  await expect.poll(() => readFileSync(file, 'utf8')).not.toBe('');
  closeSync(fd);
  return readFileSync(file, 'utf8');
}

it('writes JSON, on a terminal text for people, and never an address', async () => {
  expect(JSON.parse(await written(false))).toMatchObject({ level: 30, who: '***@example.com', msg: 'hello' });
  const text = await written(true);
  expect(text).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] .*INFO.*hello.*\n$/);
  expect(text).toContain('***@example.com');
});
