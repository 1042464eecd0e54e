import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createEmptyDatabase, onServer, type TestDatabase } from '../support/database.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';

const run = promisify(execFile);

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Roles belong to the server, which other tests use: these have names of their own. */
const ROLES = { owner: `production_owner_${process.pid}`, gateway: `production_${process.pid}` };

let page: string;
/** /opt/membership-gateway. */
let folder: string;
/** The files of this repository, with nothing built. */
let checkout: string;
let database: TestDatabase;
let sandbox: TestSandbox;

beforeAll(async () => {
  page = await readFile('docs/production.md', 'utf8');
  database = await createEmptyDatabase();
  sandbox = await startSandbox();
  folder = await mkdtemp(path.join(tmpdir(), 'production-'));
  checkout = await mkdtemp(path.join(tmpdir(), 'production-checkout-'));
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    maxBuffer: 1e7,
  });
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    await cp(path.join(ROOT, file), path.join(checkout, file)).catch(ignoreMissing);
  }
});
afterAll(async () => {
  await sandbox.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
  await rm(checkout, { recursive: true, force: true });
  await onServer(inject('databaseServerUrl'), (client) =>
    client.query(`DROP ROLE IF EXISTS ${ROLES.owner}, ${ROLES.gateway}`),
  );
});

/** The blocks of a step, with the addresses and names of this test in place of those of the page. */
function blocksOf(step: number): string[] {
  const [, text = ''] = new RegExp(`^## ${step}\\. (.*?)(?=^## |$(?![^]))`, 'ms').exec(page) ?? [];
  const { host, pathname } = new URL(database.url);
  return [...text.matchAll(/^ *```\w+\n([^]*?)^ *```/gm)].map(([, block = '']) =>
    block
      .replaceAll(/^ {2}(?=node )/gm, '')
      .replaceAll('/opt/membership-gateway', folder)
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
  const { stdout } = await run('bash', ['-ec', block], { cwd: folder, env: surroundings() });
  return stdout;
}

/** A deleted file that git still lists. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}

/** Asks a gateway with the token of a file; returns the status and the text. */
async function ask(
  url: string,
  tokenFile: string,
  query?: string,
): Promise<{ status: number; text: string }> {
  const token = (await readFile(path.join(folder, tokenFile), 'utf8')).trim();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(
    url,
    query === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify({ query }) },
  );
  return { status: response.status, text: await response.text() };
}

it('docs/production.md leads from an empty database to a gateway in production, as written', async () => {
  const [grants = ''] = blocksOf(1);
  await onServer(database.url, (client) => client.query(grants));

  const [build = ''] = blocksOf(3);
  const { NODE_ENV: _, ...environment } = process.env;
  const npm = { PATH: surroundings().PATH, npm_config_prefer_offline: 'true' };
  await run('bash', ['-ec', build], { cwd: checkout, env: { ...environment, ...npm }, maxBuffer: 1e8 });

  const [settings = '', administrators = ''] = blocksOf(4);
  await writeFile(path.join(folder, '.env'), settings.replace('PORT=4000', ''));
  await writeFile(path.join(folder, 'administrators.yaml'), administrators);

  const [migrate = ''] = blocksOf(5);
  const names = (await readdir('prisma/migrations')).filter((name) => /^\d/.test(name));
  expect(await runBlock(migrate)).toContain(
    `schema gateway: applied ${names.length} migrations\n  ${names.join('\n  ')}\n`,
  );

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

    const [callers = ''] = blocksOf(8);
    await runBlock(callers);
    expect((await ask(`${gateway.url}/graphql`, 'first-admin.token', '{ __typename }')).status).toBe(401);
    expect(await ask(`${gateway.url}/metrics`, 'prometheus.token')).toMatchObject({
      status: 200,
      text: expect.stringContaining('membership_record_up 1'),
    });
    await handOver(gateway);
  } finally {
    await gateway.kill('SIGKILL');
  }
});

/** Stops a replica while a request runs: the other finishes it. */
async function handOver(first: GatewayProcess): Promise<void> {
  const second = await spawnGateway(surroundings(), folder);
  try {
    await sandbox.put('latency', { ms: 1_000 });
    const account = '{ accountId: "222233334444", email: "security@example.com" }';
    const started = await ask(
      `${first.url}/graphql`,
      'portal.token',
      `mutation { createMembers(input: { accounts: [${account}], waitSeconds: 0 }) { request { id status } } }`,
    );
    const id = /"id":"([^"]+)"/.exec(started.text)?.[1] ?? '';
    expect(started.text).toContain('"status":"PENDING"');
    expect(await first.kill('SIGTERM')).toBe(0);
    const state = async () =>
      (await ask(`${second.url}/graphql`, 'portal.token', `{ request(id: "${id}") { status } }`)).text;
    await expect.poll(state).toContain('SUCCEEDED');
  } finally {
    expect(await second.kill('SIGTERM')).toBe(0);
  }
}
