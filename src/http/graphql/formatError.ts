import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';

/**
 * Every code that callers see; docs/errors.md says what each means. Those after UNAVAILABLE are Apollo's and graphql-js's words for
 * what is wrong with the request or its document, and for what is wrong with the gateway.
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
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'INTERNAL_ERROR',
] as const;
type CallerCode = (typeof CALLER_CODES)[number];

/**
 * Turns errors into what callers see. Faults of the document and `GatewayError`s keep their words; anything unforeseen
 * becomes one message with an incident id, under which the log has it in full.
 */
export function createFormatError(log: Log) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const cause = causeOf(error);
    if (cause instanceof GatewayError && cause.code !== 'BAD_CONFIGURATION') {
      return { ...formatted, message: cause.message, extensions: { code: cause.code, ...cause.details } };
    }
    const details = formatted.extensions?.['details'];
    if (isDetails(details)) {
      return { ...formatted, extensions: { code: 'LIMIT_EXCEEDED', ...details } };
    }
    const code = formatted.extensions?.['code'];
    const tokens = TOO_MANY_TOKENS.exec(formatted.message)?.[1];
    if (tokens !== undefined) {
      return tooMany(Number(tokens), formatted);
    }
    if (formatted.message === TOO_DEEP && code === 'GRAPHQL_PARSE_FAILED') {
      return { message: 'Syntax Error: the document is nested too deeply', extensions: { code } };
    }
    // Apollo marks its own and graphql-js's complaints about the request with a code, and everything else with this one.
    if (code !== 'INTERNAL_SERVER_ERROR') {
      return { ...formatted, extensions: { code: isCallerCode(code) ? code : 'BAD_REQUEST' } };
    }
    // A value that cannot be coerced to its scalar is the caller's, not ours.
    if (cause instanceof GraphQLError && cause.originalError === undefined) {
      return { ...formatted, extensions: { code: 'BAD_USER_INPUT' } };
    }
    const incident = randomUUID();
    log.error({ err: cause, incident, path: formatted.path }, 'unforeseen error');
    return {
      message: `Something went wrong that should not have. The gateway's log has it as incident ${incident}.`,
      ...(formatted.path === undefined ? {} : { path: formatted.path }),
      extensions: { code: 'INTERNAL_ERROR', incident },
    };
  };
}

/** graphql-js's words when the parser's limit of tokens is passed; it says "that". */
const TOO_MANY_TOKENS = /^Syntax Error: Document contains more tha[nt] (\d+) tokens/;

/** JavaScript's words when a document nests so deeply that not even the parser can follow. */
const TOO_DEEP = 'Maximum call stack size exceeded';

function tooMany(tokens: number, formatted: GraphQLFormattedError): GraphQLFormattedError {
  return {
    ...formatted,
    message: `expected a document with at most ${tokens} of tokens, got more`,
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'MAX_TOKENS', maximum: tokens },
  };
}

/** Errors of resolvers are wrapped by graphql-js, those of admission by ourselves. */
function causeOf(error: unknown): unknown {
  if (error instanceof GraphQLError && error.originalError instanceof GatewayError) {
    return error.originalError;
  }
  return unwrapResolverError(error);
}

/** What documentLimits.ts adds to its errors. */
function isDetails(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'limit' in value;
}

function isCallerCode(code: unknown): code is CallerCode {
  return (CALLER_CODES as readonly unknown[]).includes(code);
}
