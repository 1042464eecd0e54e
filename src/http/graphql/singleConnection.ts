import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import type { Charge } from '../../services/access/budget.js';
import type { CallerLimit } from '../../services/access/callerLimit.js';
import type { WatchCredential } from '../../services/access/credentialWatch.js';
import { credentialOf, type RequestInfo } from '../request/requestInfo.js';
import { whenClosed } from '../request/whenClosed.js';
import { OPERATION_POINTS } from './admission.js';
import type { HttpContextOf } from './httpContext.js';
import { operationParametersOf, searchOf, type OperationParameters } from './parameters.js';
import { RefusedOperation } from './refusedOperation.js';
import type { Reservation, Reservations } from './reservations.js';
import { noReservation, type Place } from './sharedStream.js';
import { sendEvents, sendRefusal } from './streamAnswers.js';
import type { StartOperation } from './streamedOperation.js';

/** Longest id of an operation, in characters: clients send UUIDs. */
const OPERATION_ID_LENGTH = 100;

/** What streams of many operations work with. */
export interface SingleConnectionDependencies {
  readonly contextOf: HttpContextOf;
  readonly startOperation: StartOperation;
  readonly watchCredential: WatchCredential;
  readonly charge: Charge;
  /** Counts the operations too. */
  readonly openStreams: CallerLimit;
  readonly reservations: Reservations;
}

/** A request of a caller about the stream with a token. */
export interface StreamRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Of the request. */
  readonly requestInfo: RequestInfo;
  readonly caller: Caller;
}

/** The single connection mode of GraphQL over SSE: one stream, and requests that begin and end operations on it. */
export interface SingleConnection {
  /** PUT: reserves a stream, and answers with its token. */
  reserve(to: StreamRequest): Promise<FastifyReply>;
  /** GET: answers with the stream. It ends when the credential that it was opened with ends, after the operations on it. */
  connect(to: StreamRequest, token: string): FastifyReply;
  /** POST: begins an operation, and answers with 202 when it is admitted. */
  begin(to: StreamRequest, token: string): Promise<FastifyReply>;
  /** DELETE: ends an operation. */
  end(to: StreamRequest, token: string): FastifyReply;
}

export function createSingleConnection(dependencies: SingleConnectionDependencies): SingleConnection {
  const { charge, reservations, watchCredential } = dependencies;
  const reservationOf = (caller: Caller, token: string): Reservation => {
    const reservation = reservations.findOf(caller, token);
    if (reservation === undefined) {
      throw noReservation();
    }
    return reservation;
  };
  return {
    async reserve({ reply, caller, requestInfo: { expiresAt } }) {
      await charge(caller, OPERATION_POINTS);
      const token = reservations.reserve({ caller, expiresAt });
      return reply.code(201).type('text/plain; charset=utf-8').send(token);
    },
    connect({ reply, caller, requestInfo }, token) {
      const { stream } = reservationOf(caller, token);
      const events = stream.connect();
      const watch = watchCredential(credentialOf(requestInfo));
      void watch.ended.then(() => {
        stream.end();
      });
      whenClosed(reply.raw, () => {
        watch.close();
        stream.close();
      });
      return sendEvents(reply, events);
    },
    async begin(to, token) {
      const { stream } = reservationOf(to.caller, token);
      const parameters = operationParametersOf(to.request);
      return begin(dependencies, { ...to, parameters, place: stream.take(operationIdOf(parameters)) });
    },
    end({ request, reply, caller }, token) {
      const { stream } = reservationOf(caller, token);
      const id = searchOf(request).get('operationId');
      if (id === null) {
        throw new GatewayError('BAD_REQUEST', 'expected the parameter operationId in the address');
      }
      stream.cancel(id);
      return reply.code(200).send();
    },
  };
}

interface Beginning extends StreamRequest {
  readonly parameters: OperationParameters;
  readonly place: Place;
}

async function begin(
  { contextOf, startOperation, openStreams }: SingleConnectionDependencies,
  { request, reply, requestInfo, caller, parameters, place }: Beginning,
): Promise<FastifyReply> {
  try {
    place.ended.addEventListener('abort', openStreams.open(caller));
    const signals = [place.ended, ...(caller.disconnected === undefined ? [] : [caller.disconnected])];
    request.requestInfo = {
      ...requestInfo,
      caller: { ...caller, disconnected: AbortSignal.any(signals) },
    };
    place.start(await startOperation(contextOf(request), parameters));
    return await reply.code(202).send();
  } catch (error) {
    place.leave();
    if (error instanceof RefusedOperation) {
      return sendRefusal(reply, error);
    }
    throw error;
  }
}

function operationIdOf({ extensions }: OperationParameters): string {
  const id = extensions['operationId'];
  if (typeof id !== 'string' || id === '' || id.length > OPERATION_ID_LENGTH) {
    throw new GatewayError(
      'BAD_REQUEST',
      `extensions.operationId: expected an id of 1 to ${OPERATION_ID_LENGTH} characters`,
    );
  }
  return id;
}
