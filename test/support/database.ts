import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The run's PostgreSQL: connection string of a database from which others may be created. */
    databaseServerUrl: string;
    /** The migrated, empty database that every test database is a copy of. All databases of the run begin with this name. */
    templateDatabase: string;
  }
}

/** A migrated, empty database of one test file's own. */
export interface TestDatabase {
  url: string;
  /** Removes it. Throws, after removing it, when a connection to it was left open. */
  drop(): Promise<void>;
}

/** How long connections that are being closed may still be seen by the server. */
const CLOSING_LIMIT_MS = 2_000;

/** PostgreSQL cuts longer names off. */
const LONGEST_NAME = 63;

/**
 * Makes a database with the gateway's tables and no rows. Call it in `beforeAll` and `drop` in `afterAll`; a database
 * left behind fails the run.
 */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(inject('templateDatabase'));
}

/** Makes a database without tables, for tests of what makes them. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template0');
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const serverUrl = inject('databaseServerUrl');
  const file = basename(expect.getState().testPath ?? 'test', '.test.ts').replace(/[^A-Za-z0-9]/g, '_');
  const name = `${inject('templateDatabase')}_${randomBytes(3).toString('hex')}_${file}`.slice(
    0,
    LONGEST_NAME,
  );
  await onServer(serverUrl, (client) => client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`));
  return { url: databaseUrl(serverUrl, name), drop: () => dropDatabase(serverUrl, name) };
}

/** The connection string of another database on the same server. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs `action` on a connection of its own to the server's maintenance database. */
export async function onServer<T>(serverUrl: string, action: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl, application_name: 'test support' });
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await onServer(serverUrl, async (client) => {
    const leaked = await openConnections(client, name);
    await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    if (leaked.length > 0) {
      throw new Error(`${leaked.length} connection(s) to ${name} were left open:\n  ${leaked.join('\n  ')}`);
    }
  });
}

async function openConnections(client: pg.Client, name: string): Promise<string[]> {
  for (const until = Date.now() + CLOSING_LIMIT_MS; ; await sleep(10)) {
    const { rows } = await client.query<{ what: string }>(
      `SELECT format('%s (%s), last statement: %s', coalesce(nullif(application_name, ''), 'unnamed'), state, left(query, 120)) AS what
       FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [name],
    );
    if (rows.length === 0 || Date.now() > until) {
      return rows.map(({ what }) => what);
    }
  }
}
