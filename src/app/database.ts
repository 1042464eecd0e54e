import type { DatabaseAddresses } from '../ports/databaseAddress.js';
import { migrate } from '../store/connection/migrator.js';
import { openDatabase, type Database } from '../store/connection/client.js';
import type { GatewayProcess } from './gatewayProcess.js';

/**
 * The database of the record, migrated to this version.
 *
 * @throws GatewayError what `migrate` throws.
 */
export async function openMigratedDatabase(
  { record, direct }: DatabaseAddresses,
  migrationsDir: string,
  { log, closers }: Pick<GatewayProcess, 'log' | 'closers'>,
): Promise<Database> {
  await migrate({ address: direct, migrationsDir, log });
  const database = openDatabase(record);
  closers.add('database', () => database.close());
  return database;
}
