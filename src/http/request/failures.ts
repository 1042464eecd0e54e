import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyServerOptions } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Log } from '../../log.js';
import { sendRefusal } from './refusal.js';

/**
 * Answers what fails before GraphQL begins, in the shape of a GraphQL answer: bodies that are too large, of another type
 * or no JSON, addresses that are none, and whatever nobody foresaw.
 */
export function answerFailures(app: FastifyInstance, log: Log): void {
  // What is no JSON is no GraphQL; and text/plain is what pages of other origins can send without asking.
  app.removeContentTypeParser('text/plain');
  app.setNotFoundHandler((_request, reply) =>
    sendRefusal(reply, new GatewayError('BAD_REQUEST', 'there is nothing at this address'), 404),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode === 413) {
      return sendRefusal(reply, tooLarge(request.headers['content-length'], app), 413);
    }
    if (statusCode < 500) {
      return sendRefusal(reply, new GatewayError('BAD_REQUEST', wordsFor(statusCode)), statusCode);
    }
    const incident = randomUUID();
    request.refusedWith = 'INTERNAL_ERROR';
    log.error({ err: error, incident }, 'unforeseen error');
    const message = `Something went wrong that should not have. The gateway's log has it as incident ${incident}.`;
    return reply.code(500).send({
      errors: [{ message, extensions: { code: 'INTERNAL_ERROR', incident } }],
      extensions: { requestId: request.id },
    });
  });
}

/**
 * What Fastify and Node would answer in their own words: addresses that cannot be read, and requests that are no HTTP, have
 * too many headers, or come too slowly.
 */
export const answersBeforeRouting: Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler'> = {
  frameworkErrors(_error, _request, reply) {
    void sendRefusal(reply, new GatewayError('BAD_REQUEST', 'expected an address that can be read'));
  },
  clientErrorHandler({ code }, socket) {
    if (code !== 'ECONNRESET' && socket.writable) {
      socket.write(rawRefusal(CLIENT_STATUS[code] ?? '400 Bad Request'));
    }
    socket.destroy();
  },
};

/** Statuses for Node's codes of requests that it does not take. */
const CLIENT_STATUS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** A whole answer, where there is nothing that would write one. */
function rawRefusal(status: string): string {
  const message = `expected an HTTP request that can be read, in time and with at most 16 KiB of headers: ${status}`;
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close`;
  return `${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function tooLarge(contentLength: string | undefined, app: FastifyInstance): GatewayError {
  const maximum = app.initialConfig.bodyLimit ?? 0;
  const actual = contentLength ?? 'more';
  const details = {
    limit: 'MAX_BODY_BYTES',
    maximum,
    ...(contentLength === undefined ? {} : { actual: Number(actual) }),
  };
  return new GatewayError('LIMIT_EXCEEDED', `expected a body of at most ${maximum} bytes, got ${actual}`, {
    details,
  });
}

function wordsFor(status: number): string {
  if (status === 415) {
    return 'expected a body of type application/json';
  }
  return 'expected a body of JSON, an object with query, and variables and operationName if need be';
}
