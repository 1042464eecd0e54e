import type { FastifyReply } from 'fastify';
import { jsonTypeFor } from '../request/acceptedTypes.js';
import { whenClosed } from '../request/whenClosed.js';
import { EVENT_STREAM_HEADERS, toEventStream } from './eventStream.js';
import type { RefusedOperation } from './refusedOperation.js';

/** Answers with a stream of events. */
export function sendEvents(reply: FastifyReply, events: AsyncIterable<string>): FastifyReply {
  const body = toEventStream(events);
  if (reply.raw.destroyed) {
    body.destroy();
    return reply.hijack();
  }
  whenClosed(reply.raw, () => body.destroy());
  return reply.headers(EVENT_STREAM_HEADERS).send(body);
}

/** Answers with the errors of an operation that is not executed, in JSON. */
export function sendRefusal(reply: FastifyReply, { answer, head }: RefusedOperation): FastifyReply {
  return reply.code(head.status).headers(head.headers).type(jsonTypeFor(reply.request)).send(answer);
}
