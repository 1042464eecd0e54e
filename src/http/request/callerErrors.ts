import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';

/**
 * Every code that an answer may have in `extensions.code`; docs/errors.md explains each. The codes of Apollo and graphql-js
 * for a request or a document that is wrong begin at BAD_REQUEST.
 */
export const CALLER_CODES = [
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'LIMIT_EXCEEDED',
  'RATE_LIMITED',
  'TIMED_OUT',
  'THROTTLED',
  'UPSTREAM_FAILED',
  'UNAVAILABLE',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'INTERNAL_ERROR',
] as const;
export type CallerCode = (typeof CALLER_CODES)[number];

/** An error as the caller sees it. */
export interface CallerError {
  readonly message: string;
  readonly extensions: { readonly code: CallerCode } & Readonly<Record<string, unknown>>;
}

/** Turns any error into what the caller sees; `path` is the field's place in the answer, for the log. */
export type ToCallerError = (error: unknown, path?: readonly (string | number)[]) => CallerError;

/**
 * A GatewayError keeps its code, message and details. Every other error, and BAD_CONFIGURATION, becomes INTERNAL_ERROR with
 * an incident id, and the log has the error in full under that id.
 *
 * @param advice is added to the message of each UNAUTHENTICATED: how to get a token.
 */
export function createToCallerError(log: Log, advice: string | null = null): ToCallerError {
  return (error, path) => {
    if (error instanceof GatewayError && error.code !== 'BAD_CONFIGURATION') {
      const isAdvised = error.code === 'UNAUTHENTICATED' && advice !== null;
      const message = isAdvised ? `${error.message}. ${advice}` : error.message;
      return { message, extensions: { code: error.code, ...error.details } };
    }
    const incident = randomUUID();
    log.error({ err: error, incident, path }, 'internal error');
    return {
      message: `internal error: the log of the gateway has the details under incident ${incident}`,
      extensions: { code: 'INTERNAL_ERROR', incident },
    };
  };
}
