import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CreateMembersDocument, RequestsDocument } from '../generated/graphql.js';
import { createEmptyDatabase, onServer, type TestDatabase } from '../support/database.js';
import { accounts, execute } from '../support/gateway.js';
import { spawnGateway } from '../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';
import { inLongRun } from '../support/runLength.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

let database: TestDatabase;
let sandbox: TestSandbox;
/** Roles belong to the server, which other tests use: these have names of their own. */
const roles = { owner: `owner_${process.pid}`, gateway: `gateway_${process.pid}` };

const addressOf = (role: string, password: string, parameters = '?schema=gateway'): string => {
  const url = new URL(database.url);
  url.username = role;
  url.password = password;
  return `${url.href}${parameters}`;
};
const sql = (text: string) => onServer(database.url, (client) => client.query<{ value: unknown }>(text));

/** Runs `npm run migrate` without npm; resolves with what it printed. */
const migrate = async (url: string) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/src/migrateCommand.js'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], DATABASE_URL: url },
  });
  return stdout;
};
/** What a program wrote to standard error before it failed. */
const failure = (run: Promise<unknown>) =>
  run.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => (error as { stderr?: string }).stderr ?? String(error),
  );
const start = (url: string) =>
  spawnGateway({ DATABASE_URL: url, UPSTREAM: 'sandbox', AWS_ENDPOINT_URL: sandbox.url });

beforeAll(async () => {
  database = await createEmptyDatabase();
  sandbox = await startSandbox();
  const page = await readFile(path.join(ROOT, 'docs/postgresql.md'), 'utf8');
  const grants = /```sql\n(.*?)```/s.exec(page)?.[1] ?? '';
  const own = grants.replaceAll(/\bgateway_owner\b/g, roles.owner);
  await sql(own.replaceAll(/(?<!SCHEMA )\bgateway\b/g, roles.gateway));
});
afterAll(async () => {
  await sandbox.stop();
  await database.drop();
  await onServer(inject('databaseServerUrl'), (client) =>
    client.query(`DROP ROLE IF EXISTS ${roles.owner}, ${roles.gateway}`),
  );
});

describe('a schema of its own, an owner that migrates and a role that runs', () => {
  it('stops the start of the role that runs, in one line, before anything is migrated', async () => {
    const words = await failure(start(addressOf(roles.gateway, 'change me too')));
    expect(words).toMatch(
      /^Error: the gateway ended: cannot start: DATABASE_URL: cannot migrate the database at [^\n]*permission denied for schema gateway; [^\n]*`npm run migrate`[^\n]*\n$/,
    );
  });

  it('migrates alone, with no other variable, and a second time changes nothing', async () => {
    const owner = addressOf(roles.owner, 'change me');
    expect(await migrate(owner)).toMatch(
      /^schema gateway: applied 1 migrations?\n {2}20261130000000_record\n/,
    );
    expect(await migrate(owner)).toMatch(/^schema gateway: applied 0 migrations\n.*\n$/);
    const { rows } = await sql(
      `SELECT nspname AS value FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind IN ('r', 'p') AND nspname !~ '^(pg_|information_schema)' GROUP BY 1`,
    );
    expect(rows).toEqual([{ value: 'gateway' }]);
  });

  it('runs with rights to read and write only: requests, lanes, jobs and wake-ups', async () => {
    const gateway = await start(addressOf(roles.gateway, 'change me too'));
    try {
      const { createMembers } = await execute(gateway.url, CreateMembersDocument, {
        input: { accounts: accounts(60), waitSeconds: 20 },
      });
      expect(createMembers?.request?.status).toBe('SUCCEEDED');
      const { requests } = await execute(gateway.url, RequestsDocument, { first: 10 });
      expect(requests.nodes).toHaveLength(1);
      expect(await gateway.kill('SIGTERM')).toBe(0);
      expect(gateway.output()).not.toMatch(/"level":(40|50|60)|permission denied/);
    } finally {
      await gateway.kill('SIGKILL');
    }
  });

  inLongRun('finds the schema by the search_path of the role too', async () => {
    await sql(`ALTER ROLE ${roles.gateway} SET search_path = gateway, public`);
    const gateway = await start(addressOf(roles.gateway, 'change me too', ''));
    try {
      const { requests } = await execute(gateway.url, RequestsDocument, { first: 10 });
      expect(requests.nodes).toHaveLength(1);
    } finally {
      await gateway.kill('SIGTERM');
      await sql(`ALTER ROLE ${roles.gateway} RESET search_path`);
    }
  });

  it('stops the start in one line when a table is not granted, or the search_path is empty', async () => {
    await sql(`REVOKE INSERT ON gateway.call FROM ${roles.gateway}`);
    const url = addressOf(roles.gateway, 'change me too');
    expect(await failure(start(url))).toMatch(
      /ended: cannot start: DATABASE_URL: the role of this address may not read and write gateway\.call; [^\n]*postgresql\.md\n$/,
    );
    await sql(`GRANT INSERT ON gateway.call TO ${roles.gateway}`);
    const empty = addressOf(roles.gateway, 'change me too', '?options=-csearch_path%3Dnowhere');
    expect(await failure(start(empty))).toMatch(
      /ended: cannot start: DATABASE_URL: the search_path is nowhere; expected a schema that exists[^\n]*\n$/,
    );
  });
});
