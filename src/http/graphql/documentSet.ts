import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Kind, Lexer, parse, Source, TokenKind, type DocumentNode } from 'graphql';
import { z } from 'zod';
import { GatewayError, quoted } from '../../errors.js';
import { normalForm } from './normalForm.js';
import { isIntrospection, operationInfoOf } from './operationInfo.js';
import { parseOrNull } from './parsedOperation.js';

/** The documents that clients may send with TRUSTED_DOCUMENTS. */
export interface DocumentSet {
  /** The document with this id in the file, or with this SHA-256; null for an unknown id. */
  find(id: string): string | null;
  /**
   * Whether a document is in the file, as it is or in the form of a client: with other white space, with `__typename` added, or
   * in another order. `find` then knows the SHA-256 of that form too, until KNOWN_FORMS others have been sent.
   */
  has(document: string): boolean;
}

/** Most forms of documents that a replica remembers. A form is as long as its document, and a few times that with white space. */
const KNOWN_FORMS = 500;

/** Longest form that is remembered, in characters. */
const MAX_FORM_LENGTH = 50_000;

/** Most lexical tokens of an introspection query; the standard one that tools send has about 250. */
const SCHEMA_TOKENS = 1_000;

/**
 * Reads the documents of a file.
 *
 * @param allowsIntrospection whether `has` accepts introspection queries that the file does not have.
 * @throws GatewayError BAD_CONFIGURATION when the file cannot be read, or one of its documents cannot be parsed.
 */
export function readDocumentSet(file: string, allowsIntrospection: boolean): DocumentSet {
  const entries = readEntries(file);
  const byId = new Map([...entries, ...entries.map(([, text]) => [sha256(text), text] as const)]);
  const parsed = entries.map(([id, text]) => parseEntry(file, id, text));
  const normalForms = new Set(parsed.map(normalForm));
  const maxLexicalTokens = entries
    .map(([, text]) => tokensOfForm(text))
    .reduce((most, tokens) => Math.max(most, tokens), SCHEMA_TOKENS);
  const forms = createForms();

  const isForm = (text: string): boolean => {
    const document = parseOrNull(text, maxLexicalTokens);
    return (
      document !== null &&
      ((allowsIntrospection && readsSchemaOnly(document)) || normalForms.has(normalForm(document)))
    );
  };
  return {
    find(id) {
      const key = withoutPrefix(id);
      return byId.get(key) ?? forms.get(key);
    },
    has(text) {
      const hash = sha256(text);
      if (byId.get(hash) === text || forms.get(hash) !== null) {
        return true;
      }
      if (!isForm(text)) {
        return false;
      }
      forms.add(hash, text);
      return true;
    },
  };
}

/** The documents with their ids: a JSON object of both, as GraphQL Code Generator and Relay write it, or Apollo's manifest. */
const FILE = z.union([
  z.object({ operations: z.array(z.object({ id: z.string(), body: z.string() })) }),
  z.record(z.string(), z.string()),
]);

function readEntries(file: string): (readonly [id: string, text: string])[] {
  try {
    const content = FILE.parse(JSON.parse(readFileSync(file, 'utf8')));
    const entries = Array.isArray(content.operations)
      ? content.operations.map(({ id, body }) => [id, body] as const)
      : Object.entries(content as Record<string, string>);
    return entries.map(([id, text]) => [withoutPrefix(id), text]);
  } catch (cause) {
    const message = `TRUSTED_DOCUMENTS_FILE: expected a JSON object of documents in ${file}`;
    throw new GatewayError('BAD_CONFIGURATION', message, { cause });
  }
}

function parseEntry(file: string, id: string, text: string): DocumentNode {
  try {
    return parse(text, { noLocation: true });
  } catch (cause) {
    const message = `TRUSTED_DOCUMENTS_FILE: expected GraphQL documents in ${file}, got ${quoted(text)} with the id ${quoted(id)}`;
    throw new GatewayError('BAD_CONFIGURATION', message, { cause });
  }
}

/** GraphQL over HTTP puts the prefix before an id that is a SHA-256. */
function withoutPrefix(id: string): string {
  return id.replace(/^sha256:/, '');
}

/** The SHA-256 of a document, in hexadecimal digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Most tokens of a form of the document: a client adds `__typename` to a selection set, and each begins with a brace. */
function tokensOfForm(text: string): number {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    tokens += token.kind === TokenKind.BRACE_L ? 2 : 1;
  }
  return tokens;
}

/** Whether every operation of a document is an introspection query. */
function readsSchemaOnly(document: DocumentNode): boolean {
  return document.definitions.every(
    (definition) =>
      definition.kind !== Kind.OPERATION_DEFINITION ||
      isIntrospection(operationInfoOf({ document, operation: definition })),
  );
}

/** The forms that clients sent last, by SHA-256. */
function createForms(): { get(hash: string): string | null; add(hash: string, text: string): void } {
  // In order of their last use.
  const forms = new Map<string, string>();
  const add = (hash: string, text: string): void => {
    forms.delete(hash);
    forms.set(hash, text);
    const [oldest] = forms.keys();
    if (forms.size > KNOWN_FORMS && oldest !== undefined) {
      forms.delete(oldest);
    }
  };
  return {
    get(hash) {
      const text = forms.get(hash);
      if (text === undefined) {
        return null;
      }
      add(hash, text);
      return text;
    },
    add(hash, text) {
      if (text.length <= MAX_FORM_LENGTH) {
        add(hash, text);
      }
    },
  };
}
