import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

let folder: string;
let gateway: GatewayProcess | null = null;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gateway tokens '));
  await chmod(folder, 0o755);
});
afterAll(async () => {
  await gateway?.kill('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

/**
 * Runs `npm run --silent token`, as the documentation does. Resolves to its standard output, and rejects with its standard
 * error.
 */
function npmRunToken(...args: string[]): Promise<string> {
  return run('npm', ['run', '--silent', 'token', '--', ...args], ROOT);
}

/** Runs the command that the npm script runs, without npm: its start takes longer than the command. */
function token(...args: string[]): Promise<string> {
  return run(process.execPath, [path.join(ROOT, 'dist/src/tokenCommand.js'), ...args], folder);
}

async function run(program: string, args: string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      DATA_DIR: path.join(folder, 'data'),
      // Not that of an environment file.
      DATABASE_URL: '',
    },
  });
  return stdout;
}

const status = async (url: string, secret: string) => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret.trim()}` };
  const body = JSON.stringify({ query: '{ administrators { id } }' });
  return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).status;
};

describe('npm run token', () => {
  it('creates a token before the gateway has ever run, and prints nothing else', async () => {
    const secret = await npmRunToken(
      'create',
      '--name',
      'portal',
      '--role',
      'operator',
      '--administrator',
      'default',
    );
    expect(secret).toMatch(/^mgw_[\w-]{43}\n$/);
    gateway = await spawnGateway({ DATA_DIR: path.join(folder, 'data'), AUTH_MODE: 'token' });
    expect(await status(gateway.url, secret)).toBe(200);
  });

  it('creates, lists and revokes tokens while a gateway runs', async () => {
    const url = gateway?.url ?? '';
    const secret = await token('create', '--name', 'viewer', '--role', 'viewer', '--expires', '1');
    expect(await status(url, secret)).toBe(200);
    const lines = (await npmRunToken('list'))
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(lines).toEqual([
      [
        expect.stringMatching(/^token_/),
        'viewer',
        'viewer',
        'all administrators',
        expect.stringMatching(/^good until 20/),
        expect.stringMatching(/^last used 20/),
      ],
      [
        expect.stringMatching(/^token_/),
        'portal',
        'operator',
        'default',
        expect.stringMatching(/^good until 20/),
        expect.stringMatching(/^last used 20/),
      ],
    ]);
    expect(await token('revoke', lines[0]?.[0] ?? '')).toContain('\trevoked 20');
    expect(await status(url, secret)).toBe(401);
  });

  it.each([
    [['create', '--name', 'x'], 'expected --name NAME and --role viewer|operator|admin'],
    [['create', '--name', 'x', '--role', 'root'], 'expected --name NAME and --role'],
    [
      ['create', '--name', 'x', '--role', 'viewer', '--expires', 'never'],
      'expiresInDays: expected 1 to 3650 days, got NaN',
    ],
    [
      ['create', '--name', 'x', '--role', 'viewer', '--administrator', 'hub'],
      'administrators: expected one of the configured administrators',
    ],
    [['create', '--nmae', 'x'], "Unknown option '--nmae'"],
    [['revoke', 'token_x'], 'tokenId: expected the id of a token'],
    [['destroy'], 'expected create, list or revoke'],
  ])('refuses %j with a message', async (args, words) => {
    await expect(token(...args)).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(words),
    });
  });
});
