/*
 * Drafts the next migration: prints the SQL that takes a database with all of prisma/migrations to prisma/schema.prisma.
 * Usage: npx tsx scripts/draftMigration.ts > prisma/migrations/<UTC timestamp>_<name>/migration.sql
 * Read it before committing it: a renamed column is drafted as one dropped and one added, and partial indexes and CHECK
 * constraints are yours to write. Needs no server: it starts one of its own and removes it.
 */
import { addressOf } from '../src/config/databaseAddress.js';
import { createLog } from '../src/log.js';
import { migrate } from '../src/store/connection/migrator.js';
import { draftSchemaChange } from './schemaDiff.js';
import { startTemporaryPostgres } from './temporaryPostgres.js';

const log = createLog('warn');
const postgres = await startTemporaryPostgres(log);
try {
  await migrate({ address: addressOf(postgres.url), migrationsDir: 'prisma/migrations', log });
  const sql = await draftSchemaChange(postgres.url, 'prisma/schema.prisma');
  if (sql === '') {
    console.error('prisma/schema.prisma and prisma/migrations agree: nothing to draft');
  } else {
    process.stdout.write(sql);
  }
} finally {
  await postgres.stop();
}
