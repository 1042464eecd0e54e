import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';

/** The GraphQL parameters of a request; null for a body that is no object. A GET request has them in its address, all texts. */
export function parametersOf(request: FastifyRequest): Record<string, unknown> | null {
  const parameters = request.method === 'GET' ? Object.fromEntries(searchOf(request)) : request.body;
  return isRecord(parameters) ? parameters : null;
}

/** The GraphQL parameters of a POST request, as the client sent them. */
export interface OperationParameters {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Record<string, unknown>;
  readonly extensions: Record<string, unknown>;
}

/** @throws GatewayError BAD_REQUEST when the body is no GraphQL request. */
export function operationParametersOf({ body }: FastifyRequest): OperationParameters {
  const parameters = isRecord(body) ? body : {};
  const { query } = parameters;
  const operationName = parameters['operationName'] ?? null;
  const variables = parameters['variables'] ?? {};
  const extensions = parameters['extensions'] ?? {};
  const isName = operationName === null || typeof operationName === 'string';
  if (typeof query !== 'string' || !isName || !isRecord(variables) || !isRecord(extensions)) {
    throw new GatewayError(
      'BAD_REQUEST',
      'expected a JSON object with query, and optionally variables, operationName and extensions, as the body',
    );
  }
  return { query, operationName, variables: { ...variables }, extensions };
}

/** `extensions.persistedQuery.sha256Hash` of the parameters; null without one. */
export function persistedHashOf({ extensions }: Record<string, unknown>): string | null {
  const parsed = parseExtensions(extensions);
  const { sha256Hash } = isPersisted(parsed) ? parsed.persistedQuery : {};
  return typeof sha256Hash === 'string' ? sha256Hash : null;
}

/** Replaces the document of a request, and removes `extensions.persistedQuery`, which Apollo refuses. */
export function replaceDocument(request: FastifyRequest, document: string): void {
  if (request.method === 'GET') {
    const search = searchOf(request);
    search.set('query', document);
    const extensions = parseExtensions(search.get('extensions'));
    if (isPersisted(extensions)) {
      search.set('extensions', JSON.stringify(withoutPersisted(extensions)));
    }
    // Apollo reads the address again.
    request.raw.url = `${request.url.split('?', 1)[0] ?? ''}?${search.toString()}`;
    return;
  }
  const body = request.body as Record<string, unknown>;
  body['query'] = document;
  if (isPersisted(body['extensions'])) {
    body['extensions'] = withoutPersisted(body['extensions']);
  }
}

/** The parameters in the address, parsed as Apollo does it, so that both see the same document. */
export function searchOf({ url }: FastifyRequest): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : url.slice(start));
}

/** The extensions of a GET request are JSON; Apollo refuses those that are not. */
function parseExtensions(extensions: unknown): unknown {
  if (typeof extensions !== 'string') {
    return extensions;
  }
  try {
    return JSON.parse(extensions);
  } catch {
    return null;
  }
}

interface Persisted {
  readonly persistedQuery: Readonly<Record<string, unknown>>;
}

function isPersisted(extensions: unknown): extensions is Persisted {
  return isRecord(extensions) && isRecord(extensions['persistedQuery']);
}

function withoutPersisted(extensions: Persisted): Record<string, unknown> {
  return { ...extensions, persistedQuery: undefined };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
