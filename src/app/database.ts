import { migrate } from '../store/connection/migrator.js';
import { openDatabase, type Database } from '../store/connection/client.js';
import type { GatewayProcess } from './gatewayProcess.js';

/**
 * The database of the record, migrated to this version.
 *
 * @throws GatewayError what `migrate` throws.
 */
export async function openMigratedDatabase(
  databaseUrl: string,
  migrationsDir: string,
  { log, closers }: Pick<GatewayProcess, 'log' | 'closers'>,
): Promise<Database> {
  await migrate({ databaseUrl, migrationsDir, log });
  const database = openDatabase(databaseUrl);
  closers.add('database', () => database.close());
  return database;
}
