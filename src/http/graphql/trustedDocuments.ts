import type { FastifyRequest } from 'fastify';
import { GatewayError, quoted } from '../../errors.js';
import type { Log } from '../../log.js';
import { readDocumentSet, sha256 } from './documentSet.js';
import type { ChargeRefused } from './documentText.js';
import { parametersOf, persistedHashOf, replaceDocument } from './parameters.js';

export interface TrustedDocumentSettings {
  readonly mode: 'off' | 'log' | 'enforce';
  /** Ids and documents in JSON; null with mode off. */
  readonly file: string | null;
}

export interface TrustedDocumentDependencies {
  /** Whether introspection queries are executed that the file does not have. */
  readonly allowsIntrospection: boolean;
  readonly chargeRefused: ChargeRefused;
  readonly log: Log;
}

/** A `preHandler` hook, after the one that checks the text. */
export type TrustedDocuments = (request: FastifyRequest) => Promise<void>;

/**
 * Returns the hook for trusted documents.
 *
 * - Without `query`, a `documentId` or the hash in `extensions.persistedQuery` is replaced by its document. An unknown one gets
 *   PERSISTED_QUERY_NOT_FOUND; most clients then send the document.
 * - A document that is not in the file is logged with mode `log`, and gets FORBIDDEN with mode `enforce`. Introspection queries
 *   are executed if `allowsIntrospection` is set.
 * - With mode `off` a `documentId` gets PERSISTED_QUERY_NOT_SUPPORTED. Apollo answers a hash so.
 *
 * @throws GatewayError BAD_CONFIGURATION when the file cannot be read.
 */
export function createTrustedDocuments(
  { mode, file }: TrustedDocumentSettings,
  { allowsIntrospection, chargeRefused, log }: TrustedDocumentDependencies,
): TrustedDocuments {
  const documents = mode === 'off' || file === null ? null : readDocumentSet(file, allowsIntrospection);

  const check = async (request: FastifyRequest, document: string): Promise<void> => {
    if (documents === null || documents.has(document)) {
      return;
    }
    if (mode === 'log') {
      log.warn({ requestId: request.id, hash: sha256(document) }, 'document is not trusted');
      return;
    }
    if (request.requestInfo !== null) {
      await chargeRefused(request.requestInfo, document);
    }
    throw new GatewayError('FORBIDDEN', 'expected a trusted document: send its documentId');
  };

  return async (request) => {
    const parameters = parametersOf(request) ?? {};
    const { query, documentId } = parameters;
    const hash = persistedHashOf(parameters);
    if (typeof query === 'string' && query !== '') {
      if (documents !== null && hash !== null) {
        replaceDocument(request, query);
      }
      await check(request, query);
    } else if (typeof documentId === 'string') {
      replaceDocument(
        request,
        documents === null ? refuseOff() : (documents.find(documentId) ?? refuseId(documentId)),
      );
    } else if (documents !== null && hash !== null) {
      replaceDocument(request, documents.find(hash) ?? refuseHash());
    }
  };
}

function refuseOff(): never {
  throw new GatewayError(
    'PERSISTED_QUERY_NOT_SUPPORTED',
    'documentId: expected the document in query, since TRUSTED_DOCUMENTS is off',
  );
}

function refuseId(documentId: string): never {
  throw new GatewayError(
    'PERSISTED_QUERY_NOT_FOUND',
    `documentId: expected the id of a trusted document, got ${quoted(documentId)}`,
  );
}

/** The message is that of Apollo Server: some clients send the document only after these words. */
function refuseHash(): never {
  throw new GatewayError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
}
