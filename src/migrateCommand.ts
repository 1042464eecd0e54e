import { migrateDatabase } from './app/database.js';
import { findInstallation } from './app/installation.js';
import { loadDatabaseConfig } from './config/loadConfig.js';
import { GatewayError } from './errors.js';
import { createLog } from './log.js';

/** Migrates the database of DATABASE_URL, or of DIRECT_DATABASE_URL, and prints what it applied. */
async function main(): Promise<void> {
  const log = createLog('warn');
  try {
    const { database } = loadDatabaseConfig(process.env);
    if (database === null) {
      throw new GatewayError(
        'BAD_CONFIGURATION',
        'DATABASE_URL: expected; the embedded database is migrated at each start',
      );
    }
    const { applied, schemas } = await migrateDatabase(database, findInstallation().migrationsDir, { log });
    const names = applied.map((name) => `  ${name}\n`).join('');
    process.stdout.write(
      `schema ${schemas.tables}: applied ${applied.length} migrations\n${names}schema ${schemas.jobs}: the job queues are up to date\n`,
    );
  } catch (error) {
    process.stderr.write(error instanceof GatewayError ? `${error.message}\n` : `${String(error)}\n`);
    process.exitCode = 1;
  }
}

await main();
