import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { getCACertificates, TLSSocket } from 'node:tls';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsNetwork } from '../ports/awsNetwork.js';
import { BoundedHttpHandler } from './boundedAnswers.js';

/**
 * Longest time until a request has a connection, in milliseconds: the wait for a free one, DNS, TCP, the proxy and the TLS
 * handshake together. The SDK limits TCP alone, and not by default (UPSTREAMS.md, "What the SDK does").
 */
const CONNECTION_TIMEOUT_MS = 5_000;

/**
 * Longest wait for an answer, longest pause within one, and longest time from its headers to its end, in milliseconds. The SDK
 * sets none.
 */
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

/** Options of a request handler. */
export interface RequestHandlerOptions {
  /** Null: calls go directly, and Node's own certificates are trusted. */
  readonly network?: AwsNetwork | null | undefined;
  readonly requestTimeoutMs?: number | undefined;
  readonly connectionTimeoutMs?: number | undefined;
}

/** The result of some requests. */
export interface Observed<Result> {
  readonly result: Result;
  /** Whether a request had a connection that was ready: bytes of it may have reached the service. */
  readonly mayHaveArrived: boolean;
}

/** The connections of many clients. */
export interface RequestHandler {
  /** The SDK's handler for all of the clients. */
  readonly handler: NodeHttpHandler;
  /** Runs requests of these clients, and reports whether bytes of them may have left. */
  observe<Result>(requests: () => Promise<Result>): Promise<Observed<Result>>;
  destroy(): void;
}

/** Whether bytes of the requests under way may have left. */
interface Sending {
  mayHaveArrived: boolean;
}

/**
 * A request handler with connections of its own. Proxies are Node's own work
 * (docs/decisions/0031-what-never-left-is-observed.md).
 */
export function createRequestHandler(options: RequestHandlerOptions = {}): RequestHandler {
  const { network = null, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const sendings = new AsyncLocalStorage<Sending>();
  const watch = (request: ClientRequest): void => {
    const sending = sendings.getStore();
    if (sending !== undefined) {
      // A request that follows another one in the same call is sent because that one was refused: it changed nothing.
      sending.mayHaveArrived = false;
    }
    whenConnected(request, options.connectionTimeoutMs ?? CONNECTION_TIMEOUT_MS, () => {
      if (sending !== undefined) {
        sending.mayHaveArrived = true;
      }
    });
  };
  const agentOptions = {
    keepAlive: true,
    maxSockets: SOCKETS_PER_HOST,
    timeout: IDLE_SOCKET_MS,
    ...(network?.proxies ? { proxyEnv: network.proxies } : {}),
  };
  const handler = new BoundedHttpHandler(requestTimeoutMs, {
    // Covers only the wait for the first byte of the answer, and only logs unless throwOnRequestTimeout is set.
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
    // Covers an answer that stops in the middle.
    socketTimeout: requestTimeoutMs,
    httpAgent: watching(new HttpAgent(agentOptions), watch),
    httpsAgent: watching(new HttpsAgent({ ...agentOptions, ...trusted(network) }), watch),
  });
  return {
    handler,
    async observe(requests) {
      const sending: Sending = { mayHaveArrived: false };
      const result = await sendings.run(sending, requests);
      return { result, mayHaveArrived: sending.mayHaveArrived };
    },
    destroy() {
      handler.destroy();
    },
  };
}

/** The certificates that are trusted: those of AWS_CA_BUNDLE besides Node's own. */
function trusted(network: AwsNetwork | null): { readonly ca?: string[] } {
  return network?.caBundle ? { ca: [...getCACertificates('default'), network.caBundle] } : {};
}

/** The agent, with a look at each request before it gets a connection. */
function watching<Agent extends HttpAgent>(agent: Agent, watch: (request: ClientRequest) => void): Agent {
  // Node calls this for each request; its types leave the method out.
  const watched = agent as Agent & { addRequest(request: ClientRequest, ...rest: unknown[]): void };
  const addRequest = watched.addRequest.bind(agent);
  watched.addRequest = (request, ...rest) => {
    watch(request);
    addRequest(request, ...rest);
  };
  return agent;
}

/**
 * Calls `onConnected` when the request has a connection that is ready, before its first byte leaves: Node writes nothing
 * before TCP is connected, the proxy has opened its tunnel and the certificate is verified. Without one in time, the
 * request fails.
 */
function whenConnected(request: ClientRequest, limitMs: number, onConnected: () => void): void {
  const timer = setTimeout(() => {
    const text = `no connection to ${request.host} within ${limitMs} ms: TCP, proxy and TLS handshake together.`;
    const error = Object.assign(new Error(text), { code: 'ETIMEDOUT' });
    if (request.socket === null) {
      // Node reports the error only when the request gets a connection, which may be never.
      request.emit('error', error);
    }
    request.destroy(error);
  }, limitMs);
  const connected = (): void => {
    clearTimeout(timer);
    onConnected();
  };
  request.once('close', () => {
    clearTimeout(timer);
  });
  request.once('socket', (socket) => {
    const event = pendingEvent(socket);
    if (event === null) {
      connected();
    } else {
      socket.once(event, connected);
    }
  });
}

/** The event by which a socket says that it is ready; null when it is. */
function pendingEvent(socket: Socket): 'connect' | 'secureConnect' | null {
  if (!(socket instanceof TLSSocket)) {
    return socket.connecting ? 'connect' : null;
  }
  // Without this field of Node's, each connection counts as ready from the start, and no call as one that never left.
  const { secureConnecting } = socket as TLSSocket & { readonly secureConnecting?: boolean };
  return secureConnecting ? 'secureConnect' : null;
}
