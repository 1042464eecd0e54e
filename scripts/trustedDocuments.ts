/*
 * A plugin of graphql-codegen: writes the documents of operations/ by their SHA-256, as TRUSTED_DOCUMENTS_FILE wants them.
 */
import { createHash } from 'node:crypto';
import { Kind, type GraphQLSchema } from 'graphql';
import { fragmentsIn, textOf, type DocumentFile } from './clientDocuments.ts';

export function plugin(_schema: GraphQLSchema, files: readonly DocumentFile[]): string {
  const fragments = fragmentsIn(files);
  const texts = files
    .flatMap(({ document }) => document?.definitions ?? [])
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => textOf(operation, fragments))
    .sort();
  const byHash = texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]);
  return `${JSON.stringify(Object.fromEntries(byHash), null, 2)}\n`;
}
