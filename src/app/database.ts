import { migrateJobQueues, openJobQueues, type JobQueues } from '../lanes/jobQueues.js';
import type { DatabaseAddresses } from '../ports/databaseAddress.js';
import { migrate, type Migrated } from '../store/connection/migrator.js';
import { openDatabase, type Database } from '../store/connection/client.js';
import { createJobDatabase } from '../store/connection/jobDatabase.js';
import { checkPrivileges } from '../store/connection/privileges.js';
import { checkRoleSettings } from '../store/connection/roleSettings.js';
import { requireSession, trySession } from '../store/connection/sessionCheck.js';
import { startFault } from '../store/connection/startFault.js';
import type { GatewayProcess } from './gatewayProcess.js';

/** A database that is ready for this version. */
export interface MigratedDatabase {
  readonly database: Database;
  readonly schemas: Migrated['schemas'];
}

/**
 * The database of the record, migrated to this version.
 *
 * @throws GatewayError what `migrate`, `requireSession` and the checks of the settings throw.
 */
export async function openMigratedDatabase(
  { record, direct }: DatabaseAddresses,
  migrationsDir: string,
  { log, closers }: Pick<GatewayProcess, 'log' | 'closers'>,
): Promise<MigratedDatabase> {
  const directAbilities = await trySession(direct);
  requireSession(direct, directAbilities);
  const abilities = record === direct ? directAbilities : await trySession(record);
  const { schemas } = await migrate({ address: direct, migrationsDir, log });
  const database = openDatabase(record, { schema: schemas.tables, abilities, direct });
  closers.add('database', () => database.close());
  if (!abilities.keepsSession) {
    await checkRoleSettings(database.pool, record, schemas, log);
  }
  await checkPrivileges(database.pool, record, schemas);
  return { database, schemas };
}

/**
 * The job queues, whose tables lie in the schema `jobs`.
 *
 * @throws GatewayError what `startFault` makes of a refusal.
 */
export async function openMigratedJobQueues(
  { direct }: DatabaseAddresses,
  { jobs }: Migrated['schemas'],
  { log, closers }: Pick<GatewayProcess, 'log' | 'closers'>,
): Promise<JobQueues> {
  const jobDatabase = createJobDatabase(direct, log);
  closers.add('database of the job queues', () => jobDatabase.close());
  try {
    const jobQueues = await openJobQueues({ database: jobDatabase, schema: jobs, log });
    closers.add('job queues', () => jobQueues.stop());
    return jobQueues;
  } catch (error) {
    throw startFault(error, direct, 'cannot open the job queues');
  }
}

/**
 * Migrates the tables of the record and of pg-boss, and nothing else.
 *
 * @throws GatewayError like the start of a gateway.
 */
export async function migrateDatabase(
  { direct }: DatabaseAddresses,
  migrationsDir: string,
  { log }: Pick<GatewayProcess, 'log'>,
): Promise<Migrated> {
  requireSession(direct, await trySession(direct));
  const migrated = await migrate({ address: direct, migrationsDir, log });
  const database = createJobDatabase(direct, log);
  try {
    await migrateJobQueues({ database, schema: migrated.schemas.jobs, log });
  } catch (error) {
    throw startFault(error, direct, 'cannot migrate the job queues');
  } finally {
    await database.close();
  }
  return migrated;
}
