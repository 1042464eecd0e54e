import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createEmptyDatabase, onServer, type TestDatabase } from '../support/database.js';
import { spawnGateway } from '../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Roles belong to the server, which other tests use: these have names of their own. */
const ROLES = { owner: `production_owner_${process.pid}`, gateway: `production_${process.pid}` };

let page: string;
let folder: string;
let database: TestDatabase;
let sandbox: TestSandbox;

beforeAll(async () => {
  page = await readFile('docs/production.md', 'utf8');
  database = await createEmptyDatabase();
  sandbox = await startSandbox();
  folder = await mkdtemp(path.join(tmpdir(), 'production-'));
  for (const name of ['dist', 'node_modules', 'prisma', 'package.json']) {
    await symlink(path.join(ROOT, name), path.join(folder, name));
  }
});
afterAll(async () => {
  await sandbox.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
  await onServer(inject('databaseServerUrl'), (client) =>
    client.query(`DROP ROLE IF EXISTS ${ROLES.owner}, ${ROLES.gateway}`),
  );
});

/** The blocks of a step, with the addresses and names of this test in place of those of the page. */
function blocksOf(step: number): string[] {
  const [, text = ''] = new RegExp(`^## ${step}\\. (.*?)(?=^## |$(?![^]))`, 'ms').exec(page) ?? [];
  const { host, pathname } = new URL(database.url);
  return [...text.matchAll(/^```\w+\n([^]*?)^```/gm)].map(([, block = '']) =>
    block
      .replaceAll('@db.example.com/app', `@${host}${pathname}`)
      .replaceAll('&sslmode=verify-full', '')
      .replaceAll(/\bgateway_owner\b/g, ROLES.owner)
      .replaceAll('//gateway:', `//${ROLES.gateway}:`)
      .replaceAll(/ROLE gateway\b|TO gateway\b/g, (words) => words.replace('gateway', ROLES.gateway)),
  );
}

/** The variables that a machine in AWS has; the sandbox is in place of AWS. */
const surroundings = () => ({
  PATH: `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  AWS_ENDPOINT_URL: sandbox.url,
  AWS_ACCESS_KEY_ID: 'AKIASANDBOX444455556666',
  AWS_SECRET_ACCESS_KEY: 'sandbox-secret',
});

async function runBlock(block: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-ec', block], { cwd: folder, env: surroundings() });
  return stdout;
}

it('docs/production.md leads from an empty database to a gateway in production, as written', async () => {
  const [grants = ''] = blocksOf(1);
  await onServer(database.url, (client) => client.query(grants));

  const [settings = '', administrators = ''] = blocksOf(4);
  await writeFile(path.join(folder, '.env'), settings.replace('PORT=4000', ''));
  await writeFile(path.join(folder, 'administrators.yaml'), administrators);

  const [migrate = ''] = blocksOf(5);
  expect(await runBlock(migrate)).toMatch(/^schema gateway: applied \d\d migrations/);

  const [token = ''] = blocksOf(6);
  await runBlock(token);
  expect(await readFile(path.join(folder, 'first-admin.token'), 'utf8')).toMatch(/^mgw_\S+\n$/);

  const [start, look = ''] = blocksOf(7);
  expect(start).toBe('node dist/src/main.js\n');
  const gateway = await spawnGateway(surroundings(), folder);
  try {
    const answers = await runBlock(look.replaceAll('http://127.0.0.1:4000', gateway.url));
    expect(answers).toContain('"administrators":[{"id":"security","accountId":"111122223333"}]');
    expect(answers).toContain('"userErrors":[]');
    expect(answers).toMatch(/"plan":\{"calls":4,/);
  } finally {
    expect(await gateway.kill('SIGTERM')).toBe(0);
  }
});
