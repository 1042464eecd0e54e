import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { startTemporaryPostgres } from '../../scripts/temporaryPostgres.js';
import { addressOf } from '../../src/config/databaseAddress.js';
import { createLog, type Log } from '../../src/log.js';
import { migrate } from '../../src/store/connection/migrator.js';
import { databaseUrl, onServer } from './database.js';

/**
 * Runs once, before all tests: one PostgreSQL for the run, migrated once into a template database. TEST_DATABASE_URL
 * names a server to use instead, on which databases may be created. Returns what runs after all tests: everything
 * made is removed, and a database that a test left behind fails the run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = createLog('warn');
  const server = await openServer(log);
  const template = `gateway_${randomBytes(4).toString('hex')}`;
  try {
    await onServer(server.url, (client) => client.query(`CREATE DATABASE "${template}"`));
    await migrate({
      address: addressOf(databaseUrl(server.url, template)),
      migrationsDir: 'prisma/migrations',
      log,
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('databaseServerUrl', server.url);
  project.provide('templateDatabase', template);

  return async () => {
    try {
      await removeDatabases(server.url, template);
    } finally {
      await server.stop();
    }
  };
}

async function openServer(log: Log): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['TEST_DATABASE_URL'];
  return given === undefined ? startTemporaryPostgres(log) : { url: given, stop: async () => undefined };
}

async function removeDatabases(serverUrl: string, template: string): Promise<void> {
  await onServer(serverUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)`,
      [template],
    );
    for (const { name } of rows) {
      await client.query(`DROP DATABASE "${name}" WITH (FORCE)`);
    }
    const leaked = rows.map(({ name }) => name).filter((name) => name !== template);
    if (leaked.length > 0) {
      throw new Error(
        `test databases were left behind; their files did not call drop(): ${leaked.join(', ')}`,
      );
    }
  });
}
