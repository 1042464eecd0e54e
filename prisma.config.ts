import { existsSync } from 'node:fs';
import { defineConfig } from 'prisma/config';

/** Commands that ask for Prisma's schema engine, a download, and then do not use it. */
const WITHOUT_ENGINE = ['generate', 'validate', 'format'];

const command = process.argv.slice(2).find((argument) => !argument.startsWith('-'));

if (command !== undefined && WITHOUT_ENGINE.includes(command)) {
  // Any existing program stops the download. One that fails, so that a command which does use it cannot seem to succeed.
  const failing = ['/usr/bin/false', '/bin/false'].find((program) => existsSync(program));
  if (failing !== undefined) {
    process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= failing;
  }
}

const databaseUrl = process.env['DATABASE_URL'];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(databaseUrl === undefined ? {} : { datasource: { url: databaseUrl } }),
});
