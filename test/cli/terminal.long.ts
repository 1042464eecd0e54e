import { spawn } from '@lydell/node-pty';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';
import { createMgwRunner, jsonLines, MGW, type MgwRunner } from './mgwProcess.js';

const ONE_TARGET = ['-s', 'guardduty', '-r', 'us-east-1'];

let gateway: TestGateway;
let mgw: MgwRunner;

beforeAll(async () => {
  gateway = await startGateway({ environment: { REMOVAL_SHARE_PERCENT: '100' } });
  mgw = await createMgwRunner({ MGW_URL: gateway.url });
});
afterAll(async () => {
  await mgw[Symbol.asyncDispose]();
  await gateway.stop();
});

/** Runs mgw on a pseudo-terminal; `answer` is typed once `prompt` is shown. */
async function onTerminal(
  args: readonly string[],
  { prompt, answer }: { prompt?: RegExp; answer?: string } = {},
): Promise<{ status: number; screen: string }> {
  const terminal = spawn(process.execPath, [MGW, ...args], {
    name: 'xterm-256color',
    cols: 100,
    rows: 30,
    cwd: mgw.folder,
    env: mgw.env,
  });
  let screen = '';
  let isAnswered = false;
  terminal.onData((text) => {
    screen += text;
    if (!isAnswered && prompt?.test(screen) === true) {
      isAnswered = true;
      terminal.write(answer ?? '');
    }
  });
  const status = await new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode }) => {
      resolve(exitCode);
    });
  });
  return { status, screen };
}

it('a terminal shows a bar for each target while a request runs, and removes it; Ctrl-C leaves the request running', async () => {
  const list = accounts(120, 1);
  const rows = list.map(({ accountId, email }) => `${accountId},${email}\n`);
  await writeFile(path.join(mgw.folder, 'many.csv'), rows.join(''));
  await gateway.sandbox.put('latency', { ms: 1_500 });
  const shown = await onTerminal(['create', ...ONE_TARGET, 'many.csv']);
  expect(shown.status).toBe(0);
  expect(shown.screen).toMatch(/GUARDDUTY us-east-1 \[[#.]{24}\] \d+ of 120/);
  // The cursor goes up, and what is below is cleared.
  expect(shown.screen).toMatch(/\x1b\[1A\x1b\[0J/);
  const left = await onTerminal(['create', ...ONE_TARGET, 'many.csv', '--note', 'left'], {
    prompt: /\d+ of 120/,
    answer: '\x03',
  });
  expect(left).toMatchObject({ status: 130, screen: expect.stringContaining('mgw watch request_') });
  await gateway.sandbox.put('latency', { ms: 0 });
});

it('a removal on a terminal wants a typed answer, and another answer removes nothing', async () => {
  const account = ['--account', '210000009999,x@example.com'];
  await mgw.run(['create', ...ONE_TARGET, ...account]);
  const ask = { prompt: /type: delete 1\r\n> /, answer: 'yes\r' };
  const refused = await onTerminal(['delete', ...ONE_TARGET, ...account], ask);
  expect(refused).toMatchObject({ status: 2, screen: expect.stringContaining('nothing was removed') });
  expect(await gateway.sandbox.calls('DeleteMembers')).toEqual([]);
  const removed = await onTerminal(['delete', ...ONE_TARGET, ...account], { ...ask, answer: 'delete 1\r' });
  expect(removed.status).toBe(0);
  expect(await gateway.sandbox.calls('DeleteMembers')).toHaveLength(1);
});

it('NO_COLOR turns colors off, which a terminal has and a pipe has not', async () => {
  const bold = '\x1b[1m';
  expect((await onTerminal(['doctor'])).screen).toContain(bold);
  mgw.env['NO_COLOR'] = '1';
  expect((await onTerminal(['doctor'])).screen).not.toContain(bold);
  delete mgw.env['NO_COLOR'];
  const { stdout } = await mgw.run(['request', 'list', '--json']);
  expect(jsonLines(stdout).length).toBeGreaterThan(0);
  expect((await mgw.run(['request', 'list'])).stdout).not.toContain(bold);
});
