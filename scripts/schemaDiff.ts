import { readFile } from 'node:fs/promises';
import { withSchemaEngine } from './schemaEngine.js';

/**
 * The SQL that would make the database at `databaseUrl` what `schemaFile` says, as Prisma's schema engine drafts it;
 * empty when they agree. Reads the database only. What Prisma cannot express it does not see either: partial and
 * expression indexes, CHECK constraints, triggers and functions are never part of the draft.
 */
export async function draftSchemaChange(databaseUrl: string, schemaFile: string): Promise<string> {
  const files = [{ path: schemaFile, content: await readFile(schemaFile, 'utf8') }];
  const { exitCode, stdout } = await withSchemaEngine(databaseUrl, (engine) =>
    engine.diff({
      // A schema given as a data source stands for the database that the engine is bound to.
      from: { tag: 'schemaDatasource', files, configDir: '.' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    }),
  );
  return exitCode === 0 ? '' : (stdout ?? '');
}
