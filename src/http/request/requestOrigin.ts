import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Origin } from '../../membership.js';
import { clientAddress } from './clientAddress.js';

/** Longest user agent in the record, in characters. */
const MAX_USER_AGENT_LENGTH = 256;

/** Ids that are safe in a log line and in a header as they are: UUIDs, ULIDs and the ids of load balancers. */
const SAFE_ID = /^[\w.:/=+@-]{1,128}$/;

/** W3C Trace Context, version 00. */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The id of a request: its X-Request-Id when that is a safe id, else a new UUID. */
export function requestIdOf(request: { readonly headers: IncomingHttpHeaders }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SAFE_ID.test(given) ? given : randomUUID();
}

/** Where a request came from, for the record. */
export function originOf(request: FastifyRequest): Omit<Origin, 'tokenId'> {
  const { id, headers } = request;
  const traceparent = request.span?.traceparent ?? headers['traceparent'];
  return {
    address: clientAddress(request),
    // PostgreSQL cannot store NUL in a text; other control characters would garble a terminal.
    userAgent:
      headers['user-agent']?.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    requestId: id,
    traceparent: typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : null,
  };
}
