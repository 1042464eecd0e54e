import { spawn } from '@lydell/node-pty';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MGW } from './mgwProcess.js';

/** Whether the shell is installed; its tests are skipped by name where it is not. */
const isInstalled = (shell: string) => {
  try {
    execFileSync(shell, ['--version']);
    return true;
  } catch {
    return false;
  }
};

const CASES = [
  ['mgw request l', 'list'],
  ['mgw cre', 'create'],
  ['mgw create --dry', '--dry-run'],
  ['mgw token create --ro', '--role'],
  ['mgw create acc', 'accounts.csv'],
] as const;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mgw-completion-'));
  writeFileSync(path.join(folder, 'accounts.csv'), '');
  for (const shell of ['zsh', 'fish']) {
    writeFileSync(
      path.join(folder, `mgw.${shell}`),
      execFileSync(process.execPath, [MGW, 'completion', shell]),
    );
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.skipIf(!isInstalled('fish'))('completion in fish (needs fish)', () => {
  it.each(CASES)('%s: %s', async (typed, completed) => {
    const script = `source mgw.fish; complete -C ${JSON.stringify(typed)}`;
    const { stdout } = await promisify(execFile)('fish', ['--no-config', '-c', script], {
      cwd: folder,
      env: { ...process.env, HOME: folder },
    });
    expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual([completed, '']);
  });
});

describe.skipIf(!isInstalled('zsh'))('completion in zsh (needs zsh)', () => {
  it.each(CASES)('%s: %s', async (typed, completed) => {
    const terminal = spawn('zsh', ['-f', '-i'], {
      cwd: folder,
      env: { ...process.env, HOME: folder, PS1: '> ' },
    });
    let screen = '';
    terminal.onData((text) => (screen += text));
    terminal.write('autoload -U compinit && compinit -D -u; source ./mgw.zsh; echo rea""dy\r');
    await expect.poll(() => screen).toContain('ready');
    screen = '';
    terminal.write(`${typed}\t`);
    await expect.poll(() => screen).toContain(`${typed.replace(/\S+$/, '')}${completed}`);
    terminal.kill();
  });
});
