import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import type { CallerLimit } from '../../services/access/callerLimit.js';
import { JSON_TYPES, preferredType } from '../request/acceptedTypes.js';
import { whenClosed } from '../request/whenClosed.js';
import { EVENT_STREAM_TYPE, eventsOf } from './eventStream.js';
import type { HttpContextOf } from './httpContext.js';
import { operationParametersOf } from './parameters.js';
import { RefusedOperation } from './refusedOperation.js';
import { sendEvents, sendRefusal } from './streamAnswers.js';
import type { StartOperation } from './streamedOperation.js';

/** What streams of one operation work with. */
export interface DistinctConnectionsDependencies {
  readonly contextOf: HttpContextOf;
  readonly startOperation: StartOperation;
  readonly openStreams: CallerLimit;
}

/** Answers a POST with the stream of its operation: the distinct connections mode of GraphQL over SSE. */
export type StreamOperation = (
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
) => Promise<FastifyReply>;

/**
 * The faults of a document or its variables are an event of the stream, as the protocol asks for, unless the client prefers JSON.
 * Other refusals, such as those of a spent budget, are answers with their HTTP status in JSON.
 */
export function createStreamOperation({
  contextOf,
  startOperation,
  openStreams,
}: DistinctConnectionsDependencies): StreamOperation {
  return async (request, reply, caller) => {
    if (preferredType(request, [EVENT_STREAM_TYPE]) === null) {
      throw new GatewayError('BAD_REQUEST', `expected an Accept header with ${EVENT_STREAM_TYPE}`);
    }
    const parameters = operationParametersOf(request);
    whenClosed(reply.raw, openStreams.open(caller));
    try {
      const { results, end } = await startOperation(contextOf(request), parameters);
      whenClosed(reply.raw, end);
      return await sendEvents(reply, eventsOf(results));
    } catch (error) {
      if (!(error instanceof RefusedOperation)) {
        throw error;
      }
      return error.head.status === 400 && prefersEvents(request)
        ? sendEvents(reply, eventsOf([JSON.stringify(error.answer)]))
        : sendRefusal(reply, error);
    }
  };
}

/** Whether the client prefers events to JSON. */
export function prefersEvents(request: FastifyRequest): boolean {
  return preferredType(request, [...JSON_TYPES, EVENT_STREAM_TYPE]) === EVENT_STREAM_TYPE;
}
