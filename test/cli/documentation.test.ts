import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createMgwRunner, MGW, type MgwRunner } from './mgwProcess.js';

const PAGE = await readFile('docs/cli.md', 'utf8');

/** The examples of the page in their order, each with the text that follows it, if there is one. */
const EXAMPLES = [
  ...PAGE.matchAll(/^```sh\n([^]*?)^```\n(?:(?!```)[^]*?)(?=^```|(?![^]))(?:```text\n([^]*?)^```)?/gm),
].map(([, commands = '', shown = '']) => ({ commands: commands.trim().split('\n'), shown: shown.trim() }));

let gateway: TestGateway;
let mgw: MgwRunner;

beforeAll(async () => {
  gateway = await startGateway();
  mgw = await createMgwRunner({ MGW_URL: gateway.url });
  const program = path.join(mgw.folder, 'bin', 'mgw');
  await mkdir(path.dirname(program));
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${MGW}" "$@"\n`);
  await chmod(program, 0o755);
});
afterAll(async () => {
  await mgw[Symbol.asyncDispose]();
  await gateway.stop();
});

/** Runs the lines in one shell; resolves with the exit status of each and what they wrote to standard error. */
async function runLines(lines: readonly string[]): Promise<{ statuses: string[]; stderr: string }> {
  const script = lines.map((line) => `${line}\necho $? >&3\n`).join('');
  const child = spawn('bash', ['--norc', '-c', script], {
    cwd: mgw.folder,
    env: { ...mgw.env, PATH: `${path.join(mgw.folder, 'bin')}:${mgw.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [stderr, statuses] = await Promise.all([text(child.stderr!), text(child.stdio[3] as Readable)]);
  return { statuses: statuses.trim().split('\n'), stderr };
}

describe('docs/cli.md', () => {
  it('has examples', () => {
    expect(EXAMPLES.length).toBeGreaterThan(5);
    expect(EXAMPLES.some(({ shown }) => shown !== '')).toBe(true);
  });

  it.each(EXAMPLES)('runs $commands', async ({ commands, shown }) => {
    const { statuses, stderr } = await runLines(commands);
    const expected = commands.map((line) => /# exit status (\d+)$/.exec(line)?.[1] ?? '0');
    expect({ statuses, stderr }).toEqual({ statuses: expected, stderr: expect.stringContaining(shown) });
  });
});

it('docs/cli.md names every command and every flag of mgw', async () => {
  const { stdout } = await mgw.run(['completion', 'fish']);
  const flags = [...stdout.matchAll(/ -l (\S+)/g)].map((match) => `--${match[1] ?? ''}`);
  const commands = [...stdout.matchAll(/ -a (\S+)/g)].map((match) => match[1] ?? '');
  const words = new Set(PAGE.match(/--[a-z-]+|[a-z]+/g));
  const missing = [...flags, ...commands].filter((word) => !words.has(word) && word !== '--help');
  expect([...new Set(missing)]).toEqual([]);
});
