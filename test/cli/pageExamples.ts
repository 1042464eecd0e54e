import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createMgwRunner, MGW } from './mgwProcess.js';

/** The commands of a block, and the text that the page shows after it. */
export interface PageExample {
  commands: readonly string[];
  /** Empty without one. */
  shown: string;
}

/** The examples of a page in their order: each block of sh, with the block of text that follows it, if there is one. */
export function examplesOf(page: string): PageExample[] {
  return [
    ...page.matchAll(/^```sh\n([^]*?)^```\n(?:(?!```)[^]*?)(?=^```|(?![^]))(?:```text\n([^]*?)^```)?/gm),
  ].map(([, commands = '', shown = '']) => ({ commands: commands.trim().split('\n'), shown: shown.trim() }));
}

/** The exit statuses that the commands promise: 0, or that of the comment `# exit status N`. */
export function promisedStatuses({ commands }: PageExample): string[] {
  return commands.map((line) => /# exit status (\d+)$/.exec(line)?.[1] ?? '0');
}

/** A shell of a reader, in a folder of its own, with mgw on its path. */
export interface MgwShell extends AsyncDisposable {
  /** Runs the lines in one shell; resolves with the exit status of each and what they wrote. */
  run(lines: readonly string[]): Promise<{ statuses: string[]; stdout: string; stderr: string }>;
}

/** @param url of the gateway. */
export async function createMgwShell(url: string): Promise<MgwShell> {
  const mgw = await createMgwRunner({ MGW_URL: url });
  const program = path.join(mgw.folder, 'bin', 'mgw');
  await mkdir(path.dirname(program));
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${MGW}" "$@"\n`);
  await chmod(program, 0o755);
  return {
    async run(lines) {
      const script = lines.map((line) => `${line}\necho $? >&3\n`).join('');
      const child = spawn('bash', ['--norc', '-c', script], {
        cwd: mgw.folder,
        env: { ...mgw.env, PATH: `${path.join(mgw.folder, 'bin')}:${mgw.env['PATH'] ?? ''}` },
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      });
      const [stdout, stderr, statuses] = await Promise.all(
        [child.stdout, child.stderr, child.stdio[3]].map((stream) => text(stream as Readable)),
      );
      return { statuses: (statuses ?? '').trim().split('\n'), stdout: stdout ?? '', stderr: stderr ?? '' };
    },
    [Symbol.asyncDispose]: () => mgw[Symbol.asyncDispose](),
  };
}
