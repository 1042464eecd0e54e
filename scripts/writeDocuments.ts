/*
 * Types the documents of operations/ for the client, and with those of test/operations for the tests, against schema.graphql, and
 * writes what else is made of operations/: the tools of `mgw mcp`, and the trusted documents. Usage: node scripts/writeDocuments.ts
 */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as operationTypes from '@graphql-codegen/typescript-operations';
import { buildASTSchema, parse } from 'graphql';
import { clientDocuments, operationsIn, testDocuments, type DocumentFile } from './clientDocuments.ts';
import { mcpTools } from './mcpTools.ts';
import { trustedDocuments } from './trustedDocuments.ts';

const schema = parse(readFileSync('schema.graphql', 'utf8'));
const schemaAst = buildASTSchema(schema);

const operations = read('operations/**/*.graphql');
write('client/src/generated/types.ts', await typesOf(operations));
write('client/src/generated/documents.ts', clientDocuments(operations));
write('client/trusted-documents.json', trustedDocuments(operations));
write('cli/src/generated/tools.ts', mcpTools(schemaAst, operations));

// The build of the image has no tests.
if (existsSync('test/operations')) {
  const own = read('test/operations/*.graphql');
  const names = new Set(operationsIn(own).map(({ operation }) => operation.name?.value));
  // A document of the tests replaces the one of operations/ with its name.
  const others = operations.filter((file) =>
    operationsIn([file]).every(({ operation }) => !names.has(operation.name?.value)),
  );
  const files = [...own, ...others];
  write('test/generated/graphql.ts', `${testDocuments(files)}\n${await typesOf(files)}`);
  write('test/generated/trusted-documents.json', trustedDocuments(files));
}

function read(pattern: string): DocumentFile[] {
  return globSync(pattern)
    .sort()
    .map((location) => ({ location, document: parse(readFileSync(location, 'utf8')) }));
}

/** The types of results and variables; fails if a document is not valid. */
function typesOf(documents: DocumentFile[]): Promise<string> {
  return codegen({
    filename: 'types.ts',
    schema,
    schemaAst,
    documents,
    pluginMap: { operationTypes },
    plugins: [{ operationTypes: {} }],
    config: {
      useTypeImports: true,
      strictScalars: true,
      scalars: {
        ID: 'string',
        AwsAccountId: 'string',
        AwsRegion: 'string',
        EmailAddress: 'string',
        DateTime: 'string',
      },
    },
  });
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
