import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { BoundedHttpHandler } from './answerSize.js';

/** Longest wait for a TCP connection, in milliseconds. The SDK sets none (UPSTREAMS.md, "What the SDK does"). */
const CONNECTION_TIMEOUT_MS = 2_000;

/** Longest wait for an answer, and longest pause within one, in milliseconds. The SDK sets none. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Most open connections to one host. With the SDK's default of 50, calls of many lanes would wait for each other, and a
 * call that waits for a socket longer than CONNECTION_TIMEOUT_MS fails like a host that cannot be reached.
 */
const SOCKETS_PER_HOST = 512;

/**
 * How long an idle connection stays open, in milliseconds. Ours: shorter than on servers, because a change is lost, and has
 * to be read back, if it is sent on a connection that the server is just closing.
 */
const IDLE_SOCKET_MS = 15_000;

/** The connections that all clients of the process share. */
export function createRequestHandler(requestTimeoutMs: number = REQUEST_TIMEOUT_MS): NodeHttpHandler {
  const agent = { keepAlive: true, maxSockets: SOCKETS_PER_HOST, timeout: IDLE_SOCKET_MS };
  return new BoundedHttpHandler({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    // Covers only the wait for the first byte of the answer, and only logs unless throwOnRequestTimeout is set.
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
    // Covers an answer that stops in the middle.
    socketTimeout: requestTimeoutMs,
    httpAgent: agent,
    httpsAgent: agent,
  });
}
