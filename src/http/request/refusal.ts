import { HeaderMap } from '@apollo/server';
import type { FastifyReply } from 'fastify';
import { GraphQLError } from 'graphql';
import type { GatewayError } from '../../errors.js';
import type { ErrorCode } from '../../errors.js';

/** The HTTP status of an operation that is refused as a whole. Errors of single fields leave it at 200. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  BAD_CONFIGURATION: 500,
  BAD_USER_INPUT: 400,
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  LIMIT_EXCEEDED: 400,
  RATE_LIMITED: 429,
  TIMED_OUT: 503,
  THROTTLED: 503,
  UPSTREAM_FAILED: 502,
  UNAVAILABLE: 503,
};

/** The error as Apollo takes it when a whole operation is refused: with status and headers. */
export function asHttpError(error: GatewayError): GraphQLError {
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: {
      http: { status: STATUS[error.code], headers: new HeaderMap(Object.entries(headersOf(error))) },
    },
  });
}

/** Answers with the error, in the shape of a GraphQL answer, where no operation has begun. */
export function sendRefusal(
  reply: FastifyReply,
  error: GatewayError,
  status = STATUS[error.code],
): FastifyReply {
  const { code, message, details } = error;
  reply.request.refusedWith = code;
  return reply
    .code(status)
    .headers(headersOf(error))
    .type('application/json; charset=utf-8')
    .send({
      errors: [{ message, extensions: { code, ...details } }],
      extensions: { requestId: reply.request.id },
    });
}

/** The headers that belong to an error: how to authenticate (RFC 6750), when to come back. */
function headersOf({ code, details }: GatewayError): Record<string, string> {
  if (code === 'UNAUTHENTICATED') {
    return { 'www-authenticate': 'Bearer realm="membership-gateway"' };
  }
  const after = details['retryAfterSeconds'];
  return after === undefined ? {} : { 'retry-after': String(after) };
}
