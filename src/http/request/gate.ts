import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Caller } from '../../membership.js';
import type { Authenticate, Authenticated } from '../../services/access/authentication.js';
import type { DeniedAttempts } from '../../services/access/deniedAttempts.js';
import { callerKey } from '../../services/callerKey.js';
import { clientDisconnected } from '../../services/deadline.js';
import { beginTurnsAt } from './beginTurns.js';
import { clientAddress } from './clientAddress.js';
import type { RequestInfo } from './requestInfo.js';
import { originOf } from './requestOrigin.js';
import { createTurnKeys } from './turnKeys.js';

export interface GateOptions {
  readonly authenticate: Authenticate;
  readonly deniedAttempts: Pick<DeniedAttempts, 'record'>;
  /** Whether a request without a credential may pass: admission then allows it introspection queries only. */
  readonly allowsAnonymous: boolean;
  /** The version of the gateway, which the answers to callers have in a header. */
  readonly version: string;
}

/**
 * An `onRequest` hook: a request that it refuses is answered before its body is read.
 *
 * - A request with a good credential passes, as its caller.
 * - A request without a credential passes as anonymous when `allowsAnonymous` is set, and gets 401 otherwise.
 * - A request with a bad credential gets 401 in either case.
 * - With AUTH_MODE none a request passes as the local caller when its Host header names this machine, and gets 403 otherwise.
 */
export type Gate = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Returns the gate for every route with data behind it. Requests of many connections pass it by turns. */
export function createGate(
  app: FastifyInstance,
  { authenticate, deniedAttempts, allowsAnonymous, version }: GateOptions,
): Gate {
  app.decorateRequest('requestInfo', null);
  const authenticateByTurns = createAuthenticateByTurns(app, authenticate);

  return async (request, reply) => {
    try {
      const found = await authenticateByTurns(request, reply);
      request.requestInfo = requestInfoOf(request, reply, found);
      const { caller } = request.requestInfo;
      checkCaller(caller, request.headers.host, allowsAnonymous);
      if (caller !== null) {
        reply.header('gateway-version', version);
      }
    } catch (error) {
      if (error instanceof GatewayError && (error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN')) {
        deniedAttempts.record(null, originOf(request), error.code, error.message);
      }
      throw error;
    }
  };
}

/**
 * The same authentication, before and after which requests wait for their turns: one statement looks up the credentials of many
 * requests, which would then go on all at once.
 */
function createAuthenticateByTurns(
  app: FastifyInstance,
  authenticate: Authenticate,
): (request: FastifyRequest, reply: FastifyReply) => Promise<Authenticated | null> {
  const createTurns = beginTurnsAt(app.server);
  const takeTurnBefore = createTurns();
  const takeTurnAfter = createTurns();
  const keys = createTurnKeys();
  return async (request, { raw: response }) => {
    const { authorization } = request.headers;
    const keyOf = (): string => keys.find(authorization, clientAddress(request));
    await takeTurnBefore(keyOf(), response);
    try {
      const found = await authenticate(authorization ?? null, originOf(request));
      keys.set(authorization, found && callerKey(found.caller));
      return found;
    } catch (error) {
      keys.set(authorization, null);
      throw error;
    } finally {
      await takeTurnAfter(keyOf(), response);
    }
  };
}

/** What is known of a request that passes as `found`; null: as an anonymous caller. */
export function requestInfoOf(
  request: FastifyRequest,
  reply: FastifyReply,
  found: Authenticated | null,
): RequestInfo {
  return {
    origin: originOf(request),
    caller: found && { ...found.caller, disconnected: disconnectSignal(reply) },
    expiresAt: found?.expiresAt ?? null,
    bodyLength: 0,
    operation: null,
    endExecution: null,
    errors: {},
  };
}

/** @throws GatewayError UNAUTHENTICATED or FORBIDDEN when the caller may not pass. */
function checkCaller(caller: Caller | null, host: string | undefined, allowsAnonymous: boolean): void {
  if (caller === null && !allowsAnonymous) {
    throw noCredentials();
  }
  if (caller?.kind === 'LOCAL' && !isLoopback(host)) {
    throw new GatewayError(
      'FORBIDDEN',
      'with AUTH_MODE none, expected a Host header with localhost or a loopback address, got another name',
    );
  }
}

/** The error for a request without a credential where one is needed. */
export function noCredentials(): GatewayError {
  return new GatewayError(
    'UNAUTHENTICATED',
    'expected an Authorization header with a bearer token, got none',
  );
}

/** Names and addresses of this machine, with or without a port. */
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Whether a Host header names this machine. A web page can point its own name at a loopback address (DNS rebinding); the
 * browser then takes the gateway for the page's own origin, but still sends the page's name as Host.
 */
function isLoopback(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOST.test(host);
}

/** Aborts with a GatewayError when the client disconnects before it has the whole answer. */
function disconnectSignal({ raw }: FastifyReply): AbortSignal {
  const disconnected = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) {
      disconnected.abort(clientDisconnected());
    }
  });
  return disconnected.signal;
}
