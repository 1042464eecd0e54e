import { execFile, fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateMembersCommand, GetMembersCommand } from '@aws-sdk/client-securityhub';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ACCOUNT, connect, detectorOf, startSandbox } from './clients.js';

const PROGRAM = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));
const TSX = ['--import', 'tsx'];

const environment = (more: Record<string, string> = {}) => ({
  PATH: process.env['PATH'],
  SANDBOX_PORT: '0',
  ...more,
});

function start(more?: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [...TSX, PROGRAM], {
    env: environment(more),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Everything that the program prints, and its URL once it listens. */
async function listening(child: ChildProcess): Promise<{ url: string; output: () => string }> {
  let output = '';
  child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  while (!output.includes('\n')) {
    await once(child.stdout!, 'data');
  }
  return { url: /http:\/\/\S+/.exec(output)![0], output: () => output };
}

async function stateFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, 'state.json');
}

describe('the program', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints one line, serves, and stops on %s with an open call',
    async (signal) => {
      const child = start();
      const { url, output } = await listening(child);
      const { control, securityHub } = connect({ url });
      await control.change('PUT', 'faults', [{ fault: 'hang-after' }]);
      const hanging = securityHub()
        .send(new GetMembersCommand({ AccountIds: [ACCOUNT] }))
        .catch(() => undefined);
      while ((await control.calls()).length === 0) {}
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
      await hanging;
      expect(output()).toBe(`sandbox listening on ${url}\n`);
    },
  );

  it('stops when its parent process exits', async () => {
    const child = fork(PROGRAM, {
      execArgv: TSX,
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await listening(child);
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('reports every fault of the environment at once and does not start', async () => {
    const env = environment({
      SANDBOX_PORT: 'http',
      SANDBOX_LATENCY_MS: '-1',
      SANDBOX_SECURITYHUB_BURST: '0',
    });
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, [...TSX, PROGRAM], { env }, (error, _stdout, stderr) =>
        resolve({ code: error?.code, stderr }),
      );
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/SANDBOX_PORT/);
    expect(stderr).toMatch(/SANDBOX_LATENCY_MS/);
    expect(stderr).toMatch(/SANDBOX_SECURITYHUB_BURST/);
  });

  it('takes its rates from the environment', async () => {
    const { url } = await listening(
      start({ SANDBOX_GUARDDUTY_RATE: '0', SANDBOX_SECURITYHUB_RATE: '2.5', SANDBOX_SECURITYHUB_BURST: '7' }),
    );
    expect(await connect({ url }).control.read('rates')).toEqual({
      guardduty: null,
      securityhub: { perSecond: 2.5, burst: 7 },
    });
  });
});

describe('the state file', () => {
  it('keeps members and detectors over a restart, without a partial file', async () => {
    const file = await stateFile();
    const first = await startSandbox({ stateFile: file });
    const AccountDetails = [
      { AccountId: '222233334444', Email: 'a@example.com' },
      { AccountId: '333344445555' },
    ];
    await first.securityHub().send(new CreateMembersCommand({ AccountDetails }));
    await first.control.change('PUT', 'detectors', {
      account: ACCOUNT,
      region: 'us-east-1',
      detectorId: 'replaced',
    });
    const before = await first
      .securityHub()
      .send(new GetMembersCommand({ AccountIds: AccountDetails.map(({ AccountId }) => AccountId) }));
    await first.sandbox.stop();

    const second = await startSandbox({ stateFile: file });
    const after = await second
      .securityHub()
      .send(new GetMembersCommand({ AccountIds: AccountDetails.map(({ AccountId }) => AccountId) }));
    expect(after.Members).toHaveLength(2);
    expect(after.Members).toEqual(before.Members);
    expect(await detectorOf(second.guardDuty())).toBe('replaced');
    expect(await readdir(join(file, '..'))).toEqual(['state.json']);
  });

  it('is written at the stop, also if the parent adds a SIGTERM to a Ctrl-C', async () => {
    const file = join(await stateFile(), '..', 'made', 'on', 'demand.json');
    const child = start({ SANDBOX_STATE_FILE: file });
    const { url } = await listening(child);
    await connect({ url })
      .securityHub()
      .send(new CreateMembersCommand({ AccountDetails: [{ AccountId: '222233334444' }] }));
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);

    const { securityHub } = await startSandbox({ stateFile: file });
    const { Members } = await securityHub().send(new GetMembersCommand({ AccountIds: ['222233334444'] }));
    expect(Members).toMatchObject([{ AccountId: '222233334444', MemberStatus: 'Created' }]);
  });

  it('is written while the sandbox runs, so a killed sandbox loses little', async () => {
    const file = await stateFile();
    const child = start({ SANDBOX_STATE_FILE: file });
    const { url } = await listening(child);
    await connect({ url })
      .securityHub()
      .send(new CreateMembersCommand({ AccountDetails: [{ AccountId: '222233334444' }] }));
    while (!(await readdir(join(file, '..'))).includes('state.json')) {}
    child.kill('SIGKILL');
    await once(child, 'exit');

    const { securityHub } = await startSandbox({ stateFile: file });
    expect(
      (await securityHub().send(new GetMembersCommand({ AccountIds: ['222233334444'] }))).Members,
    ).toHaveLength(1);
  });
});
