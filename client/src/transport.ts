import { GatewayError, errorOf, type ErrorEntry } from './gatewayError.js';
import type { ClientOptions } from './options.js';

/** What is posted, once or several times. */
export interface Operation {
  readonly query: string;
  readonly variables: unknown;
  /** The key of a mutation. */
  readonly idempotencyKey?: string | undefined;
}

/** Sends an operation once. */
export interface Transport {
  /**
   * Returns the answer, with any status, as soon as its headers are there.
   *
   * @throws GatewayError UNREACHABLE; the reason of the signal when it aborts.
   */
  post(operation: Operation, accept: string, signal: AbortSignal | undefined): Promise<Response>;
  /**
   * Returns `data` of the answer.
   *
   * @throws GatewayError; the reason of the signal when it aborts.
   */
  execute(operation: Operation, signal: AbortSignal | undefined): Promise<unknown>;
}

const ANSWER_TYPES = 'application/graphql-response+json, application/json';

export function createTransport(options: ClientOptions): Transport {
  const address = graphqlAddress(options.url);
  const attemptMs = (options.attemptSeconds ?? 90) * 1_000;

  const headersOf = async ({ idempotencyKey }: Operation, accept: string): Promise<Headers> => {
    const headers = new Headers(options.headers);
    headers.set('content-type', 'application/json');
    headers.set('accept', accept);
    const token = typeof options.token === 'function' ? await options.token() : options.token;
    if (token !== undefined && token !== '') {
      headers.set('authorization', `Bearer ${token}`);
    }
    if (idempotencyKey !== undefined) {
      headers.set('idempotency-key', idempotencyKey);
    }
    return headers;
  };

  const post: Transport['post'] = async (operation, accept, signal) => {
    const { query, variables } = operation;
    const headers = await headersOf(operation, accept);
    const body = JSON.stringify({ query, variables });
    // A browser's fetch refuses to be called as a method of another object.
    const send = options.fetch ?? ((...request: Parameters<typeof fetch>) => globalThis.fetch(...request));
    try {
      return await send(address, { method: 'POST', headers, body, ...(signal && { signal }) });
    } catch (error) {
      throw unreachable(error, operation);
    }
  };

  return {
    post,
    async execute(operation, signal) {
      const timeout = new AbortController();
      const timer = setTimeout(() => {
        timeout.abort(new Error(`no answer within ${attemptMs / 1_000} s`));
      }, attemptMs);
      try {
        const either = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
        const response = await post(operation, ANSWER_TYPES, either);
        return dataOf(response, await textOf(response, operation), operation);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The address of `/graphql`. */
function graphqlAddress(url: string | URL): URL {
  const address = new URL(url);
  if (!/\/graphql\/?$/.test(address.pathname)) {
    address.pathname = address.pathname.replace(/\/?$/, '/graphql');
  }
  return address;
}

function unreachable(cause: unknown, { idempotencyKey }: Operation): GatewayError {
  return new GatewayError('UNREACHABLE', `the gateway cannot be reached: ${reasonOf(cause)}`, {
    cause,
    idempotencyKey,
  });
}

/** Node's fetch says "fetch failed", and why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { cause } = error;
  return cause instanceof Error ? cause.message || cause.name : error.message;
}

/** Reads the body. @throws GatewayError UNREACHABLE when the connection breaks. */
export async function textOf(response: Response, operation: Operation): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw unreachable(error, operation);
  }
}

/** Returns `data` of an answer. @throws GatewayError when the answer has errors, or is not the gateway's. */
export function dataOf(response: Response, text: string, { idempotencyKey }: Operation): unknown {
  const answer = answerOf(text);
  const details = {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: retryAfterOf(response),
    idempotencyKey,
  };
  if (answer === undefined) {
    throw notGraphQL(response, details);
  }
  if (answer.errors !== undefined && answer.errors.length > 0) {
    throw errorOf(answer.errors, { ...details, data: answer.data ?? undefined });
  }
  return answer.data;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly ErrorEntry[];
}

function answerOf(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isAnswer = typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);
    return isAnswer ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}

/** A load balancer answers in its own way while no gateway does. */
function notGraphQL(response: Response, details: { status: number }): GatewayError {
  const { status } = response;
  const type = response.headers.get('content-type') ?? 'no type';
  const message = `expected an answer of the gateway in JSON, got status ${status} with ${type}`;
  if (status === 429) {
    return new GatewayError('RATE_LIMITED', message, details);
  }
  return new GatewayError(
    [502, 503, 504].includes(status) ? 'UNAVAILABLE' : 'BAD_RESPONSE',
    message,
    details,
  );
}

function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') || NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}
