import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';

/** The types of an answer in JSON. The first is for a client that accepts any type. */
export const JSON_TYPES = ['application/json', 'application/graphql-response+json'];

/** What is read of a request. */
interface WithHeaders {
  readonly headers: IncomingHttpHeaders;
}

/**
 * The type that the client prefers by its Accept header, of `types`; null if it accepts none of them. Of types that it likes as
 * much, the one that stands first in the header; without a header, the first of `types`.
 */
export function preferredType({ headers }: WithHeaders, types: readonly string[]): string | null {
  return new Negotiator({ headers }).mediaType([...types]) ?? null;
}

/** Whether the Accept header names the type itself; a wildcard does not count. */
export function namesType({ headers }: WithHeaders, type: string): boolean {
  return new Negotiator({ headers }).mediaTypes().includes(type);
}

/**
 * The Content-Type of an answer in JSON: application/graphql-response+json for a client that prefers it, since some clients read the
 * errors of an answer with an error status in this type only; else application/json.
 */
export function jsonTypeFor(request: WithHeaders): string {
  return `${preferredType(request, JSON_TYPES) ?? 'application/json'}; charset=utf-8`;
}
