import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from 'membership-gateway-client';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';
import { createMgwRunner, MGW, type MgwRunner } from './mgwProcess.js';

const ACCOUNTS = 10_000;

let gateway: TestGateway;
let mgw: MgwRunner;

beforeAll(async () => {
  gateway = await startGateway();
  mgw = await createMgwRunner({ MGW_URL: gateway.url });
});
afterAll(async () => {
  await mgw[Symbol.asyncDispose]();
  await gateway.stop();
});

/** Runs mgw, or another program; resolves with the time that it took and the most memory that it used. */
async function measure(
  args: readonly string[],
  program: readonly string[] = [MGW],
): Promise<{ status: number; ms: number; megabytes: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: mgw.folder,
    env: mgw.env,
    stdio: 'ignore',
  });
  let megabytes = 0;
  const timer = setInterval(() => {
    void readFile(`/proc/${child.pid ?? 0}/status`, 'utf8').then(
      (status) => {
        megabytes = Math.max(megabytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      },
      () => undefined,
    );
  }, 20);
  const status = await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
  clearInterval(timer);
  return { status, ms: performance.now() - started, megabytes };
}

it('mgw --version takes at most 150 ms, or two and a half times as long as Node alone', async () => {
  const runs = [];
  const bare = [];
  for (let i = 0; i < 10; i += 1) {
    bare.push((await measure(['-e', ''], [])).ms);
    runs.push((await measure(['--version'])).ms);
  }
  // On a busy machine Node alone takes as long.
  expect(Math.min(...runs)).toBeLessThan(Math.max(150, 2.5 * Math.min(...bare)));
});

it('10,000 accounts take at most 2 s more than by the API alone, and at most 150 MB', async () => {
  const client = createClient({ url: gateway.url });
  const started = performance.now();
  const { request } = await client.createMembers({
    accounts: accounts(ACCOUNTS),
    regions: ['us-east-1'],
    waitSeconds: 0,
  });
  for await (const { status } of client.watch(request?.id ?? '')) {
    expect(status).toBeTypeOf('string');
  }
  const alone = performance.now() - started;
  const rows = accounts(ACCOUNTS, ACCOUNTS).map(({ accountId, email }) => `${accountId},${email}\n`);
  await writeFile(path.join(mgw.folder, 'many.csv'), rows.join(''));
  const { status, ms, megabytes } = await measure(['create', 'many.csv', '-r', 'eu-west-1']);
  expect({ status, more: ms - alone < 2_000, less: megabytes < 150 }).toEqual({
    status: 0,
    more: true,
    less: true,
  });
}, 180_000);

it('is installed from its package, with nothing else', async () => {
  const prefix = await mkdtemp(path.join(tmpdir(), 'mgw installed '));
  const run = promisify(execFile);
  const { stdout } = await run('npm', ['pack', './cli', '--json', '--pack-destination', prefix]);
  const [{ filename = '' } = {}] = JSON.parse(stdout) as { filename?: string }[];
  await run('npm', ['install', '--global', '--offline', '--prefix', prefix, path.join(prefix, filename)]);
  const shown = await run(path.join(prefix, 'bin', 'mgw'), ['--version'], { env: mgw.env });
  expect(shown.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  await rm(prefix, { recursive: true });
}, 120_000);
