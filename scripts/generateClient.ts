/*
 * Generates Prisma's client into src/generated: what `prisma generate` does, without the command, whose package brings a database, a
 * web application and 100 other packages. Usage: node scripts/generateClient.ts
 */
import { createRequire } from 'node:module';
import type * as generatorPackage from '@prisma/client-generator-ts';
import type * as internalsPackage from '@prisma/internals';

// Both packages load as CommonJS only.
const require = createRequire(import.meta.url);
const { getGenerators, loadSchemaContext } = require('@prisma/internals') as typeof internalsPackage;
const { PrismaClientTsGenerator } = require('@prisma/client-generator-ts') as typeof generatorPackage;

const schemaContext = await loadSchemaContext({
  schemaPath: { cliProvidedPath: 'prisma/schema.prisma' },
  cwd: process.cwd(),
});
const generators = await getGenerators({
  schemaContext,
  registry: { 'prisma-client': { type: 'in-process', generator: new PrismaClientTsGenerator() } },
  cliCommand: 'generate',
  skipDownload: true,
});
for (const generator of generators) {
  await generator.generate();
  generator.stop();
}
