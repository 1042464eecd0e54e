import { migrateDatabase } from './app/database.js';
import { withSignIn } from './app/databaseSignIn.js';
import { findInstallation } from './app/installation.js';
import { readProcessDatabase } from './config/processConfig.js';
import { ConfigurationFaults } from './errors.js';
import { createLog } from './log.js';
import { printStartFaults } from './startFaults.js';

/** Migrates the database of DATABASE_URL, or of DIRECT_DATABASE_URL, and prints what it applied. */
export async function main(): Promise<void> {
  const log = createLog('warn');
  try {
    const { database, signInNetwork } = readProcessDatabase();
    if (database === null) {
      throw new ConfigurationFaults([
        'DATABASE_URL: expected; the embedded database is migrated at each start',
      ]);
    }
    const addresses = withSignIn(database, signInNetwork);
    const { applied, schemas } = await migrateDatabase(addresses, findInstallation().migrationsDir, { log });
    const names = applied.map((name) => `  ${name}\n`).join('');
    process.stdout.write(
      `schema ${schemas.tables}: applied ${applied.length} migrations\n${names}schema ${schemas.jobs}: the job queues are up to date\n`,
    );
  } catch (error) {
    printStartFaults(error);
    process.exitCode = 1;
  }
}
