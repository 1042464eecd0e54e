import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Caller, Origin } from '../../membership.js';
import type { Authenticate } from '../../services/access/authentication.js';
import type { DeniedAttempts } from '../../services/access/deniedAttempts.js';
import { sendRefusal } from './refusal.js';
import { originOf } from './requestOrigin.js';

/** What is known of a request from the gate on. */
export interface RequestInfo {
  readonly origin: Omit<Origin, 'tokenId'>;
  /** Null: anonymous. */
  readonly caller: Caller | null;
  /** When the caller's credential ends by itself; null when it does not. */
  readonly expiresAt: Date | null;
  /** What was asked, for the log; null until an operation has been understood. */
  operation: OperationNotes | null;
  /** Codes of the errors in the answer, and how often each. */
  errors: Readonly<Record<string, number>>;
}

/** One operation as the log shows it. */
export interface OperationNotes {
  readonly type: string;
  /** The name it has in its document; null without one. */
  readonly name: string | null;
  /** The fields it begins with. */
  readonly fields: readonly string[];
  /** In points; null when it was refused before that was known. */
  cost: number | null;
  /** Outcomes of the requests that it answered with, where it asked for their counts. */
  counts: readonly unknown[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the gate; null on routes that have none. */
    requestInfo: RequestInfo | null;
  }
}

export interface GateOptions {
  readonly authenticate: Authenticate;
  readonly deniedAttempts: Pick<DeniedAttempts, 'record'>;
  /** Whether a request without a credential may pass: admission then allows it introspection queries only. */
  readonly allowsAnonymous: boolean;
}

/**
 * An `onRequest` hook: a request that it refuses is answered before its body is read.
 *
 * - A request with a good credential passes, as its caller.
 * - A request without a credential passes as anonymous when `allowsAnonymous` is set, and gets 401 otherwise.
 * - A request with a bad credential gets 401 in either case.
 * - With AUTH_MODE none a request passes as the local caller when its Host header names this machine, and gets 403 otherwise.
 */
export type Gate = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

/** Makes the gate that every route with data behind it has. */
export function createGate(
  app: FastifyInstance,
  { authenticate, deniedAttempts, allowsAnonymous }: GateOptions,
): Gate {
  app.decorateRequest('requestInfo', null);
  return async (request, reply) => {
    const origin = originOf(request);
    try {
      const { authorization, host } = request.headers;
      const found = await authenticate(authorization ?? null, origin);
      const caller = found && { ...found.caller, gone: goneSignal(reply) };
      request.requestInfo = {
        origin,
        caller,
        expiresAt: found?.expiresAt ?? null,
        operation: null,
        errors: {},
      };
      if (caller === null && !allowsAnonymous) {
        throw noCredentials();
      }
      if (caller?.kind === 'LOCAL' && !isLoopback(host)) {
        throw notLocal();
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof GatewayError)) {
        throw error;
      }
      const { code, message } = error;
      if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') {
        deniedAttempts.record(null, origin, code, message);
      }
      return sendRefusal(reply, error);
    }
  };
}

/** What those are told who come without credentials. */
export function noCredentials(): GatewayError {
  return new GatewayError(
    'UNAUTHENTICATED',
    'expected an Authorization header with a bearer token, got none',
  );
}

/** Names and addresses of the machine itself, with a port or without. */
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Whether a browser that sends this Host has meant this machine. Who is let in for being on it is not its user, when a page
 * has had its own name lead to a loopback address (DNS rebinding): to the browser the gateway is that page's own origin.
 */
function isLoopback(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOST.test(host);
}

function notLocal(): GatewayError {
  return new GatewayError(
    'FORBIDDEN',
    'with AUTH_MODE none the gateway answers to localhost and loopback addresses only, and the Host header names another',
  );
}

/** Aborts when the client leaves before it has its whole answer. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) {
      gone.abort();
    }
  });
  return gone.signal;
}
