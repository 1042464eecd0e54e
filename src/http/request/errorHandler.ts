import type { FastifyError, FastifyInstance, FastifyReply, FastifyServerOptions } from 'fastify';
import { GatewayError } from '../../errors.js';
import { jsonTypeFor } from './acceptedTypes.js';
import type { CallerError, ToCallerError } from './callerErrors.js';
import { headOf, HttpRefusal, type ErrorHead } from './errorStatus.js';

/**
 * Answers every error that a hook or a route throws before GraphQL begins, in the form of a GraphQL answer: a GatewayError
 * with its own status, a body or an address that cannot be read with 4xx, and any other error with 500.
 */
export function registerErrorHandler(app: FastifyInstance, toCallerError: ToCallerError): void {
  app.setNotFoundHandler((_request, reply) => {
    const error = new HttpRefusal(404, 'there is nothing at this address');
    return sendError(reply, toCallerError(error), headOf(error));
  });
  app.setErrorHandler<FastifyError | GatewayError>((error, request, reply) => {
    const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
    if (status >= 500) {
      return sendError(reply, toCallerError(error), headOf(error));
    }
    const refusal =
      status === 413
        ? bodyTooLarge(request.headers['content-length'], app.initialConfig.bodyLimit ?? 0)
        : unreadableBody(status);
    return sendError(reply, toCallerError(refusal), { status, headers: {} });
  });
}

/** Answers, in the form of a GraphQL answer, the errors that Fastify and Node meet before there is a route. */
export function handleErrorsBeforeRouting(
  toCallerError: ToCallerError,
): Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler'> {
  return {
    frameworkErrors(_error, _request, reply) {
      const error = new GatewayError('BAD_REQUEST', 'expected an address that can be decoded');
      void sendError(reply, toCallerError(error), headOf(error));
    },
    clientErrorHandler({ code }, socket) {
      if (code !== 'ECONNRESET' && socket.writable) {
        const status = CLIENT_STATUS[code] ?? '400 Bad Request';
        socket.write(rawAnswer(status, toCallerError(unreadableRequest(status))));
      }
      socket.destroy();
    },
  };
}

function sendError(reply: FastifyReply, error: CallerError, { status, headers }: ErrorHead): FastifyReply {
  reply.request.refusedWith = error.extensions.code;
  return reply
    .code(status)
    .headers(headers)
    .type(jsonTypeFor(reply.request))
    .send({ errors: [error], extensions: { requestId: reply.request.id } });
}

function bodyTooLarge(contentLength: string | undefined, maximum: number): GatewayError {
  const limit = { limit: 'MAX_BODY_BYTES', maximum };
  const details = contentLength === undefined ? limit : { ...limit, actual: Number(contentLength) };
  const message = `expected a body of at most ${maximum} bytes, got ${contentLength ?? 'more'}`;
  return new GatewayError('LIMIT_EXCEEDED', message, { details });
}

function unreadableBody(status: number): GatewayError {
  const message =
    status === 415
      ? 'expected a body of type application/json'
      : 'expected a JSON object with query, and optionally variables and operationName, as the body';
  return new GatewayError('BAD_REQUEST', message);
}

/** Statuses for the codes of Node's HTTP parser. */
const CLIENT_STATUS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

function unreadableRequest(status: string): GatewayError {
  const message = `expected an HTTP request that can be parsed, in time and with at most 16 KiB of headers: ${status}`;
  return new GatewayError('BAD_REQUEST', message);
}

/** A whole HTTP answer, for a socket that has no reply object. */
function rawAnswer(status: string, error: CallerError): string {
  const body = JSON.stringify({ errors: [error] });
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close`;
  return `${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
