import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';

export interface TrustedDocumentSettings {
  readonly mode: 'off' | 'log' | 'enforce';
  /** A JSON object with SHA-256 (hex) and document, as GraphQL Code Generator writes it; null with mode off. */
  readonly file: string | null;
}

/** A `preHandler` hook. */
export type TrustedDocuments = (request: FastifyRequest) => Promise<void>;

/**
 * Returns the hook for trusted documents.
 *
 * - `documentId: "sha256:..."` is replaced by its document; an unknown id gets BAD_USER_INPUT.
 * - A document that is not in the file is logged with mode `log`, and gets FORBIDDEN with mode `enforce`.
 *
 * @throws GatewayError BAD_CONFIGURATION when the file cannot be read.
 */
export function createTrustedDocuments({ mode, file }: TrustedDocumentSettings, log: Log): TrustedDocuments {
  const documents = file === null ? new Map<string, string>() : readDocuments(file);
  return async (request) => {
    const parameters = mode === 'off' ? null : parametersOf(request);
    if (parameters === null) {
      return;
    }
    const { documentId, query } = parameters;
    if (typeof documentId === 'string') {
      parameters['query'] = documents.get(documentId.replace(/^sha256:/, '')) ?? refuseId(documentId);
      return;
    }
    if (typeof query !== 'string') {
      return;
    }
    const hash = sha256(query);
    if (documents.has(hash)) {
      return;
    }
    if (mode === 'enforce') {
      throw new GatewayError('FORBIDDEN', 'expected a trusted document: send its documentId');
    }
    log.warn({ requestId: request.id, hash }, 'document is not trusted');
  };
}

/** The GraphQL parameters of a request; null for a body that is no object. */
export function parametersOf({ method, body, query }: FastifyRequest): Record<string, unknown> | null {
  const parameters = method === 'GET' ? query : body;
  return typeof parameters === 'object' && parameters !== null
    ? (parameters as Record<string, unknown>)
    : null;
}

/** The documents of the file by SHA-256, computed here: the file's own hashes are not trusted. */
function readDocuments(file: string): Map<string, string> {
  try {
    const documents = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
    return new Map(documents.map((document) => [sha256(document), document]));
  } catch (cause) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `TRUSTED_DOCUMENTS_FILE: expected a JSON object of documents in ${file}`,
      { cause },
    );
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function refuseId(documentId: string): never {
  throw new GatewayError(
    'BAD_USER_INPUT',
    `documentId: expected the id of a trusted document, got ${documentId.slice(0, 80)}`,
  );
}
