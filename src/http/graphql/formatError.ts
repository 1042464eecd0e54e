import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../../errors.js';
import {
  CALLER_CODES,
  type CallerCode,
  type CallerError,
  type ToCallerError,
} from '../request/callerErrors.js';
import type { MessageOf } from './schemaNames.js';

/** Apollo's code for an error that has none of its own. */
const NO_CODE = 'INTERNAL_SERVER_ERROR';

/** Turns an error of an operation into what the caller sees. `code` counts for a GraphQLError without a code of its own. */
export type FormatError = (error: unknown, code?: string) => GraphQLFormattedError;

/**
 * Errors that the request caused, as graphql-js and Apollo report them, keep their message and get one of CALLER_CODES. All
 * others are for `toCallerError`.
 *
 * @param messageOf the message of an error of graphql-js, as callers may see it.
 */
export function createFormatError(
  toCallerError: ToCallerError,
  messageOf: MessageOf = ({ message }) => message,
): FormatError {
  return (error, code = NO_CODE) => {
    const cause = causeOf(error);
    if (!(error instanceof GraphQLError)) {
      return toCallerError(cause);
    }
    const requestError =
      cause instanceof GatewayError ? null : requestErrorOf(error, { cause, defaultCode: code, messageOf });
    return { ...shownParts(error), ...(requestError ?? toCallerError(cause, error.path)) };
  };
}

/**
 * What the caller sees of every error. Only a syntax error has locations: the positions of other errors are not known, except in
 * compiled queries.
 */
function shownParts({ path, locations, source }: GraphQLError): Partial<GraphQLFormattedError> {
  const isSyntaxError = source !== undefined;
  return { ...(path && { path }), ...(isSyntaxError && locations && { locations }) };
}

/** The GatewayError or other error inside a GraphQLError; else the error itself. */
function causeOf(error: unknown): unknown {
  if (error instanceof GraphQLError && error.originalError instanceof GatewayError) {
    return error.originalError;
  }
  return unwrapResolverError(error);
}

/** The message of graphql-js for a document with more tokens than `maxLexicalTokens`; graphql-js writes "that". */
const TOO_MANY_TOKENS = /^Syntax Error: Document contains more tha[nt] (\d+) tokens/;

/** The message of JavaScript when a document nests too deeply for the parser. */
const TOO_DEEP = 'Maximum call stack size exceeded';

/** Longest message about a request, in characters. graphql-js repeats values and names of the request in full. */
const MESSAGE_LENGTH = 300;

interface Format {
  readonly cause: unknown;
  readonly defaultCode: string;
  readonly messageOf: MessageOf;
}

/** What the caller sees of an error that the request caused; null for an error of the gateway. */
function requestErrorOf(error: GraphQLError, { cause, defaultCode, messageOf }: Format): CallerError | null {
  const { details, code = defaultCode } = error.extensions;
  if (isLimit(details)) {
    return { message: cut(error.message), extensions: { code: 'LIMIT_EXCEEDED', ...details } };
  }
  const maxTokens = TOO_MANY_TOKENS.exec(error.message)?.[1];
  if (maxTokens !== undefined) {
    return tooManyTokens(Number(maxTokens));
  }
  if (error.message === TOO_DEEP && code === 'GRAPHQL_PARSE_FAILED') {
    return { message: 'Syntax Error: the document is nested too deeply', extensions: { code } };
  }
  const message = cut(messageOf(error));
  if (code !== NO_CODE) {
    return { message, extensions: { code: isCallerCode(code) ? code : 'BAD_REQUEST' } };
  }
  // graphql-js reports a value that does not fit its scalar without a code, and without an error inside.
  const isCoercion = cause instanceof GraphQLError && cause.originalError === undefined;
  return isCoercion ? { message, extensions: { code: 'BAD_USER_INPUT' } } : null;
}

function cut(message: string): string {
  return message.length > MESSAGE_LENGTH ? `${message.slice(0, MESSAGE_LENGTH)}...` : message;
}

function tooManyTokens(maximum: number): CallerError {
  return {
    message: `expected a document with at most ${maximum} of tokens, got more`,
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'MAX_TOKENS', maximum },
  };
}

/** The details that documentLimits.ts adds to its errors. */
function isLimit(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'limit' in value;
}

function isCallerCode(code: unknown): code is CallerCode {
  return (CALLER_CODES as readonly unknown[]).includes(code);
}
