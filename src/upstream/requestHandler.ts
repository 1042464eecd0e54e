import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Longest wait for a TCP connection, in milliseconds. The SDK sets none (UPSTREAMS.md, "What the SDK does"). */
const CONNECTION_TIMEOUT_MS = 2_000;

/** Longest wait for an answer, and longest silence within one, in milliseconds. The SDK sets none. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Connections to one host at a time. The SDK's own 50 would make calls of many lanes wait for each other, and a call
 * that waits for a socket longer than CONNECTION_TIMEOUT_MS fails as if nobody answered the door.
 */
const SOCKETS_PER_HOST = 512;

/**
 * How long an idle connection is kept, in milliseconds. Ours: shorter than servers keep theirs, because a change sent
 * on a connection that the other side is just closing is lost, and has to be read back.
 */
const IDLE_SOCKET_MS = 15_000;

/** The connections that all clients of the process share. */
export function createRequestHandler(requestTimeoutMs: number = REQUEST_TIMEOUT_MS): NodeHttpHandler {
  const agent = { keepAlive: true, maxSockets: SOCKETS_PER_HOST, timeout: IDLE_SOCKET_MS };
  return new NodeHttpHandler({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    // Covers the wait for the first byte of the answer only, and merely logs unless told to throw.
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
    // Covers an answer that stops halfway.
    socketTimeout: requestTimeoutMs,
    httpAgent: agent,
    httpsAgent: agent,
  });
}
