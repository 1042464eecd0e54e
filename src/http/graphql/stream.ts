import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { namesType } from '../request/acceptedTypes.js';
import { HttpRefusal } from '../request/errorStatus.js';
import type { CallerLimit } from '../../services/access/callerLimit.js';
import { noCredentials, requestInfoOf, type Gate } from '../request/gate.js';
import {
  createStreamOperation,
  prefersEvents,
  type DistinctConnectionsDependencies,
} from './distinctConnections.js';
import { EVENT_STREAM_TYPE } from './eventStream.js';
import { parametersOf, searchOf } from './parameters.js';
import type { Reservations } from './reservations.js';
import {
  createSingleConnection,
  type SingleConnectionDependencies,
  type StreamRequest,
} from './singleConnection.js';
import { noReservation } from './sharedStream.js';
import { subscriptionIn } from './subscription.js';

/** A hook of a request. */
type Hook = (request: FastifyRequest) => Promise<void>;

export interface StreamDependencies extends DistinctConnectionsDependencies, SingleConnectionDependencies {
  readonly limits: { readonly tokens: number };
}

/** Operations over server-sent events, in both modes of GraphQL over SSE. */
export interface Streams {
  /** Whether a request to /graphql is for `handle`, and not for an answer in JSON. */
  asksForStream(request: FastifyRequest): boolean;
  /**
   * Answers a POST with the results of its operation, or, by the token of a reservation, a PUT, GET, POST or DELETE about a stream of
   * many operations. A caller with too many streams and operations on them gets LIMIT_EXCEEDED.
   *
   * An operation ends when its client disconnects, and with an error `UNAUTHENTICATED` when its credential ends. A body must be
   * JSON, which a page of another origin cannot send without a preflight.
   */
  readonly handle: RouteHandlerMethod;
}

export function createStreams(dependencies: StreamDependencies): Streams {
  const streamOperation = createStreamOperation(dependencies);
  const single = createSingleConnection(dependencies);

  const handleToken = (to: StreamRequest, token: string): FastifyReply | Promise<FastifyReply> => {
    switch (to.request.method) {
      case 'GET':
        return single.connect(to, token);
      case 'POST':
        return single.begin(to, token);
      case 'DELETE':
        return single.end(to, token);
      default:
        throw otherMethod();
    }
  };

  return {
    asksForStream(request) {
      return (
        reservationTokenOf(request) !== null ||
        prefersEvents(request) ||
        (namesType(request, EVENT_STREAM_TYPE) && isSubscription(request, dependencies.limits.tokens))
      );
    },
    async handle(request, reply) {
      const { requestInfo } = request;
      const caller = requestInfo?.caller;
      if (requestInfo === null || caller == null) {
        throw noCredentials();
      }
      const to = { request, reply, requestInfo, caller };
      const token = reservationTokenOf(request);
      if (request.method === 'PUT') {
        return single.reserve(to);
      }
      if (token !== null) {
        return handleToken(to, token);
      }
      if (request.method === 'DELETE') {
        throw noReservation();
      }
      if (request.method !== 'POST') {
        throw otherMethod();
      }
      return streamOperation(request, reply, caller);
    },
  };
}

/**
 * The gate, which lets a GET without a credential pass as the caller that has made the reservation: EventSource in browsers sends no
 * Authorization header. The token of a reservation opens its stream once, and nothing else.
 */
export function admitReservations(gate: Gate, reservations: Reservations): Gate {
  return async (request, reply) => {
    const token = request.method === 'GET' ? reservationTokenOf(request) : null;
    const reservation = token === null ? undefined : reservations.find(token);
    const isBare = request.headers.authorization === undefined;
    if (isBare && reservation !== undefined && reservation.reservedBy.caller.kind !== 'LOCAL') {
      request.requestInfo = requestInfoOf(request, reply, reservation.reservedBy);
    } else {
      await gate(request, reply);
    }
  };
}

/**
 * An `onRequest` hook after the gate. Refuses a request for one more stream before its body is read, if its caller has CALLER_STREAMS
 * of them: a thousand such requests cost little.
 */
export function createRefuseWithoutPlace(openStreams: Pick<CallerLimit, 'check'>): Hook {
  return async (request) => {
    const caller = request.requestInfo?.caller ?? null;
    if (caller !== null && (request.method === 'POST' || request.method === 'PUT')) {
      openStreams.check(caller);
    }
  };
}

/** The same hook, except for a request with the token of a reservation: only its caller knows it. */
export function exceptWithToken(hook: Hook): Hook {
  return async (request) => {
    if (reservationTokenOf(request) === null) {
      await hook(request);
    }
  };
}

/** The token of a reservation, in a header or, since EventSource sends none of its own, in the address; null without one. */
function reservationTokenOf(request: FastifyRequest): string | null {
  const header = request.headers['x-graphql-event-stream-token'];
  return typeof header === 'string' ? header : searchOf(request).get('token');
}

function isSubscription(request: FastifyRequest, maxTokens: number): boolean {
  const { query, operationName } = parametersOf(request) ?? {};
  const name = typeof operationName === 'string' ? operationName : null;
  return typeof query === 'string' && subscriptionIn(query, name, maxTokens) !== null;
}

function otherMethod(): HttpRefusal {
  return new HttpRefusal(
    405,
    'expected the operation in a POST, or the token of a reservation; a reservation is made by PUT',
    { allow: 'POST, PUT' },
  );
}
