import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';

/** Methods that a page of another origin may use without a preflight. */
const SIMPLE_METHODS = ['GET', 'HEAD', 'POST'];

/** Content types that a page of another origin may send without a preflight (Fetch, "CORS-safelisted request-header"). */
const SIMPLE_TYPES = ['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'];

/** Headers that need a preflight, with any value. */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];

/** A browser sets other schemes by itself, after a password has been typed in. */
const BEARER = /^Bearer /i;

/**
 * A `preHandler` hook. Refuses a request that a page of another origin could have sent without a preflight: with AUTH_MODE none it
 * would be executed, although the page could not read the answer.
 *
 * A browser sends a preflight for a Content-Type other than those of forms, for a bearer token, and for `apollo-require-preflight`.
 */
export async function refuseCrossSite({ method, headers }: FastifyRequest): Promise<void> {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const hasPreflight =
    !SIMPLE_METHODS.includes(method) ||
    !SIMPLE_TYPES.includes(type) ||
    BEARER.test(headers.authorization ?? '') ||
    PREFLIGHT_HEADERS.some((name) => (headers[name] ?? '') !== '');
  if (!hasPreflight) {
    throw new GatewayError(
      'BAD_REQUEST',
      'expected a header that a page of another origin cannot send without being asked, got none: ' +
        'send Content-Type: application/json, or apollo-require-preflight with any value',
    );
  }
}
