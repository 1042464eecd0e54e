import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import { sendRefusal } from '../request/refusal.js';

export interface TrustedDocumentSettings {
  readonly mode: 'off' | 'log' | 'enforce';
  /** A JSON object of SHA-256 (hex) and document, as GraphQL Code Generator writes it; null with mode off. */
  readonly file: string | null;
}

/** A hook for `preHandler`. */
export type TrustedDocuments = (
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<FastifyReply | undefined>;

/**
 * A `preHandler` for trusted documents: puts the document in place of `documentId: "sha256:..."`, and, by the mode, logs
 * or refuses documents that are not in the file.
 *
 * @throws GatewayError BAD_CONFIGURATION when the file cannot be read.
 */
export function createTrustedDocuments({ mode, file }: TrustedDocumentSettings, log: Log): TrustedDocuments {
  const documents = file === null ? new Map<string, string>() : readDocuments(file);
  return async (request, reply) => {
    if (mode === 'off') {
      return undefined;
    }
    const asked = partsOf(request);
    if (asked === null) {
      return undefined;
    }
    const { documentId, query } = asked;
    if (typeof documentId === 'string') {
      const document = documents.get(documentId.replace(/^sha256:/, ''));
      if (document === undefined) {
        return sendRefusal(reply, unknown(documentId));
      }
      asked['query'] = document;
      return undefined;
    }
    if (typeof query !== 'string') {
      return undefined;
    }
    const hash = createHash('sha256').update(query).digest('hex');
    if (documents.has(hash)) {
      return undefined;
    }
    if (mode === 'enforce') {
      return sendRefusal(
        reply,
        new GatewayError('FORBIDDEN', 'only trusted documents are taken: send documentId'),
      );
    }
    log.warn({ requestId: request.id, hash }, 'a document that is not trusted');
    return undefined;
  };
}

function partsOf({ method, body, query }: FastifyRequest): Record<string, unknown> | null {
  const parts = method === 'GET' ? query : body;
  return typeof parts === 'object' && parts !== null ? (parts as Record<string, unknown>) : null;
}

/** The documents by their own hashes: what the file calls them counts for nothing. */
function readDocuments(file: string): Map<string, string> {
  try {
    const documents = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
    return new Map(
      documents.map((document) => [createHash('sha256').update(document).digest('hex'), document]),
    );
  } catch (cause) {
    throw new GatewayError(
      'BAD_CONFIGURATION',
      `TRUSTED_DOCUMENTS_FILE: expected a JSON object of documents in ${file}`,
      { cause },
    );
  }
}

function unknown(documentId: string): GatewayError {
  return new GatewayError(
    'BAD_USER_INPUT',
    `documentId: expected the id of a trusted document, got ${documentId.slice(0, 80)}`,
  );
}
