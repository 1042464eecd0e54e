import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '../../src');

/** Runs a program that prints a line when it is ready; gives how it ended. */
async function run(program: string, onReady: (pid: number) => Promise<void> | void) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (data: Buffer) => (words += data.toString()));
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  await once(child.stdout, 'data');
  await onReady(child.pid ?? expect.unreachable());
  const [code, signal] = await ended;
  return { code, signal, words };
}

it('a second signal ends a process whose event loop is held by its stop', async () => {
  const program = `
    const { endOnSignal } = await import('${SRC}/signals.ts');
    setInterval(() => {}, 1_000);
    endOnSignal(() => setTimeout(() => { console.log('held'); for (;;); }, 1_500));
    console.log('ready');
  `;
  const end = await run(program, async (pid) => {
    process.kill(pid, 'SIGTERM');
    // One Ctrl-C that arrives twice is one.
    process.kill(pid, 'SIGINT');
    await sleep(3_000);
    process.kill(pid, 'SIGTERM');
  });
  expect(end).toMatchObject({ code: null, signal: 'SIGTERM' });
});

it('a process whose event loop is held for too long ends by itself, and says why', async () => {
  const program = `
    const { startWatchdog } = await import('${SRC}/watchdog.ts');
    startWatchdog({ beatMs: 50, maxHeldMs: 1_000 });
    setTimeout(() => { console.log('held'); for (;;); }, 200);
  `;
  const { signal, words } = await run(program, () => undefined);
  expect({ signal, ...(JSON.parse(words) as object) }).toMatchObject({
    signal: 'SIGKILL',
    msg: 'the event loop has been held for 1000 ms: the process ends',
  });
});

it('a watchdog keeps no process alive', async () => {
  const program = `
    const { startWatchdog } = await import('${SRC}/watchdog.ts');
    startWatchdog();
    console.log('ready');
  `;
  expect(await run(program, () => undefined)).toMatchObject({ code: 0 });
});
