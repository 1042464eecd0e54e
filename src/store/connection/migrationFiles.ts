import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../../errors.js';

/** A migration file. */
export interface Migration {
  /** The name of its directory: a timestamp and a word. */
  name: string;
  sql: string;
  /**
   * SHA-256, hex: first of the file as it is, which is recorded; then of the file with LF and with CRLF line endings.
   * Prisma's schema engine accepts all three, because git may change line endings.
   */
  checksums: [recorded: string, ...accepted: string[]];
}

/**
 * The migrations in `directory` (Prisma's layout: `<name>/migration.sql`), in the order of their names.
 *
 * @throws GatewayError `BAD_CONFIGURATION` for an incomplete installation: no migrations, or one without its file.
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
