import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../../errors.js';

/** One migration as it lies on disk. */
export interface Migration {
  /** The name of its directory: a timestamp and a word. */
  name: string;
  sql: string;
  /**
   * SHA-256 in hex of the file as it is, which is what gets recorded, and then of the file with either kind of line
   * ending: Prisma's schema engine accepts all three, since git changes line endings from machine to machine.
   */
  checksums: [recorded: string, ...accepted: string[]];
}

/**
 * The migrations in `directory` (Prisma's layout: `<name>/migration.sql`), in the order of their names.
 * Throws `BAD_CONFIGURATION` when there are none or one has no SQL: an incomplete installation.
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    throw new GatewayError('BAD_CONFIGURATION', `cannot read the migrations in ${directory}`, { cause });
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (names.length === 0) {
    throw new GatewayError('BAD_CONFIGURATION', `no migrations in ${directory}`);
  }
  return Promise.all(names.sort().map((name) => readMigration(directory, name)));
}

async function readMigration(directory: string, name: string): Promise<Migration> {
  const file = join(directory, name, 'migration.sql');
  try {
    const sql = await readFile(file, 'utf8');
    return {
      name,
      sql,
      checksums: [sha256(sql), sha256(sql.replaceAll('\r\n', '\n')), sha256(sql.replaceAll('\n', '\r\n'))],
    };
  } catch (cause) {
    throw new GatewayError('BAD_CONFIGURATION', `cannot read ${file}`, { cause });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
