import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';

/** The types of an answer in JSON. The first is for a client that accepts any type. */
export const JSON_TYPES = ['application/json', 'application/graphql-response+json'];

/** Most characters of an Accept header that are read: browsers send 150, and 16 kB of types take 3 ms at each reading. */
const MAX_ACCEPT_LENGTH = 1_000;

/** What is read of a request. */
interface WithHeaders {
  readonly headers: IncomingHttpHeaders;
}

/**
 * The type that the client prefers by its Accept header, of `types`; null if it accepts none of them. Of types that it likes as
 * much, the one that stands first in the header; without a header, the first of `types`.
 */
export function preferredType(request: WithHeaders, types: readonly string[]): string | null {
  return negotiatorOf(request).mediaType([...types]) ?? null;
}

/** Whether the Accept header names the type itself; a wildcard does not count. */
export function namesType(request: WithHeaders, type: string): boolean {
  return negotiatorOf(request).mediaTypes().includes(type);
}

/**
 * The Content-Type of an answer in JSON: application/graphql-response+json for a client that prefers it, since some clients read the
 * errors of an answer with an error status in this type only; else application/json.
 */
export function jsonTypeFor(request: WithHeaders): string {
  return `${preferredType(request, JSON_TYPES) ?? 'application/json'}; charset=utf-8`;
}

function negotiatorOf({ headers: { accept } }: WithHeaders): Negotiator {
  return new Negotiator({
    headers: accept === undefined ? {} : { accept: accept.slice(0, MAX_ACCEPT_LENGTH) },
  });
}
