import { createHash } from 'node:crypto';
import { fragmentsIn, operationsIn, textOf, type DocumentFile } from './clientDocuments.ts';

/** The operations by the SHA-256 of their texts, as TRUSTED_DOCUMENTS_FILE wants them. */
export function trustedDocuments(files: readonly DocumentFile[]): string {
  const fragments = fragmentsIn(files);
  const texts = operationsIn(files).map(({ operation }) => textOf(operation, fragments));
  const byHash = texts.sort().map((text) => [createHash('sha256').update(text).digest('hex'), text]);
  return `${JSON.stringify(Object.fromEntries(byHash), null, 2)}\n`;
}
