import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const DIST = path.resolve(import.meta.dirname, '../../dist/src');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gateway-faults-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Failure {
  code: number | null;
  /** Standard error, as lines. */
  lines: string[];
}

/** Runs a program of the build until it ends, in the folder. */
async function start(
  environment: Record<string, string>,
  { program = 'main.js', args = [] }: { program?: string; args?: string[] } = {},
): Promise<Failure> {
  const child = spawn(process.execPath, [...args, path.join(DIST, program)], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code: code as number | null, lines: stderr.trimEnd().split('\n') };
}

describe('a start that fails', () => {
  it('names the port that is in use, and the data directory that cannot be written, together', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const file = path.join(folder, 'a-file');
    await writeFile(file, '');
    expect(await start({ PORT: String(port), DATA_DIR: file })).toEqual({
      code: 1,
      lines: [
        `cannot start: PORT: expected a free port; ${port} on 127.0.0.1 is in use by another program; set another one, or end that program`,
        `cannot start: DATA_DIR: expected a directory that can be written, ${file}; got: EEXIST: file already exists, mkdir '${file}'`,
      ],
    });
    other.close();
  });

  it('names every fault of its configuration, with those of the environment file and of secret files', async () => {
    await writeFile(path.join(folder, '.env'), 'PORT=1\nMAX_DEPHT=5\nGUARDDUTY_RATE=-1\nHOST=0.0.0.0\n');
    const { code, lines } = await start({ DATABASE_URL_FILE: '/nowhere', UPSTREAM: 'azure' });
    await rm(path.join(folder, '.env'));
    expect(code).toBe(1);
    expect(lines).toEqual([
      "cannot start: DATABASE_URL_FILE: cannot be read: ENOENT: no such file or directory, open '/nowhere'",
      'cannot start: MAX_DEPHT: no variable of the gateway; did you mean MAX_DEPTH?',
      'cannot start: UPSTREAM: expected sandbox or aws',
      'cannot start: GUARDDUTY_RATE: expected more than 0',
      'cannot start: HOST: expected a loopback address, since AUTH_MODE none admits every client',
    ]);
  });

  it('says so on a Node that is too old', async () => {
    const old =
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })';
    const args = ['--import', `data:text/javascript,${old}`];
    for (const program of ['main.js', 'tokenCommand.js']) {
      expect(await start({}, { program, args })).toEqual({
        code: 1,
        lines: [
          'cannot start: Node: expected version 24.5 or later; got 20.20.2. npm ci brings one: node_modules/.bin/node',
        ],
      });
    }
  });

  it('says that a package outside the bundles is not installed', async () => {
    const missing = `import { registerHooks } from "node:module"; registerHooks({ resolve(name, context, next) {
      if (name === "pino") throw Object.assign(new Error("Cannot find package 'pino'"), { code: "ERR_MODULE_NOT_FOUND" });
      return next(name, context);
    } })`;
    const args = ['--import', `data:text/javascript,${encodeURIComponent(missing)}`];
    expect(await start({}, { args })).toEqual({
      code: 1,
      lines: ["cannot start: Cannot find package 'pino'; run npm ci, and npm run build"],
    });
  });

  it.each([
    [
      { HOST: '203.0.113.5' },
      'HOST: expected an address of this machine, or a name that has one; got 203.0.113.5',
    ],
    [
      { DATABASE_URL: 'postgresql://user:secret@127.0.0.1:1/db' },
      expect.stringMatching(/ECONNREFUSED 127\.0\.0\.1:1/),
    ],
  ])('with %j has one line', async (environment, line) => {
    const { code, lines } = await start({
      AUTH_MODE: 'token',
      DATABASE_URL: 'postgresql://127.0.0.1:1/db',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      ...environment,
    });
    expect(code).toBe(1);
    expect(lines.map((each) => each.replace(/^cannot start: /, ''))).toEqual([line]);
  });
});

describe('a start reads', () => {
  it('the environment file of its directory, and secrets from files; its own environment wins', async () => {
    // A fault of the database shows which one was tried.
    await writeFile(path.join(folder, '.env'), 'DATABASE_URL=postgresql://host.of.the.file/db\nPORT=x\n');
    await writeFile(path.join(folder, 'secret'), 'postgresql://user:secret@127.0.0.1:1/db\n');
    await chmod(path.join(folder, 'secret'), 0o400);
    const environment = { DATABASE_URL_FILE: 'secret', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const { lines } = await start(environment);
    await rm(path.join(folder, '.env'));
    expect(lines).toEqual([expect.stringMatching(/^cannot start: .*ECONNREFUSED 127\.0\.0\.1:1/)]);
    expect(lines.join()).not.toContain('secret');
  });
});
