import { isPassing, pauseAfter } from './attempts.js';
import { readEvents } from './eventStream.js';
import { subscriptions } from './generated/documents.js';
import type { RequestProgressSubscription } from './generated/types.js';
import { errorOf, GatewayError, type ErrorEntry } from './gatewayError.js';
import type { ClientOptions } from './options.js';
import { pause } from './pause.js';
import { dataOf, textOf, type Transport } from './transport.js';

/** The state of a request, as `watch` yields it. */
export type RequestState = RequestProgressSubscription['requestProgress'];

/** How `watch` reaches the gateway. */
export interface WatchDependencies {
  readonly transport: Transport;
  readonly options: ClientOptions;
  /** The request now. */
  readonly read: (requestId: string, signal: AbortSignal | undefined) => Promise<RequestState | null>;
}

const EVENT_STREAM = 'text/event-stream';

/** The gateway sends the first state at once: without it for so long, a proxy holds it back. */
const FIRST_EVENT_MS = 10_000;

/** The gateway sends a comment every 12 s: without anything for so long, the connection is broken. */
const SILENCE_MS = 40_000;

/** Streams in a row that end without a state, after which queries take their place. */
const MAX_EMPTY_STREAMS = 2;

/** Yields the states of a request, each different from the one before, up to the final one. */
export async function* watch(
  dependencies: WatchDependencies,
  requestId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<RequestState, void, undefined> {
  let last = '';
  for await (const state of statesOf(dependencies, requestId, signal)) {
    const text = JSON.stringify(state);
    if (text !== last) {
      last = text;
      yield state;
    }
    if (state.status !== 'PENDING' && state.status !== 'RUNNING') {
      return;
    }
  }
}

/** Yields states from streams, one after the other, and from queries once streams do not get through. */
async function* statesOf(
  dependencies: WatchDependencies,
  requestId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<RequestState, void, undefined> {
  let emptyStreams = 0;
  while (emptyStreams < MAX_EMPTY_STREAMS) {
    let wait = 0;
    let arrived = false;
    try {
      for await (const state of streamedStates(dependencies.transport, requestId, signal)) {
        arrived = true;
        yield state;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error) && !cannotStream(error) && !(arrived && isRenewed(error, dependencies))) {
        throw error;
      }
      wait = isPassing(error) ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
    }
    emptyStreams = arrived ? 0 : emptyStreams + 1;
    await pause(wait + pauseAfter(emptyStreams + 1), signal);
  }
  yield* polledStates(dependencies, requestId, signal);
}

/** Whether a stream ended with its token, and the next one has another. */
function isRenewed(error: unknown, { options }: WatchDependencies): boolean {
  return (
    error instanceof GatewayError && error.code === 'UNAUTHENTICATED' && typeof options.token === 'function'
  );
}

function cannotStream(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'BAD_RESPONSE';
}

/** Yields the states of one stream until it ends. */
async function* streamedStates(
  transport: Transport,
  requestId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<RequestState, void, undefined> {
  const operation = { query: subscriptions.requestProgress, variables: { id: requestId } };
  const silence = new AbortController();
  let timer = setTimeout(silent, FIRST_EVENT_MS);
  let opened = false;
  function silent(): void {
    silence.abort(new Error('nothing arrived on the stream'));
  }
  function alive(): void {
    if (opened) {
      clearTimeout(timer);
      timer = setTimeout(silent, SILENCE_MS);
    }
  }
  try {
    const either = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
    const response = await transport.post(operation, EVENT_STREAM, either);
    if (response.body === null || response.headers.get('content-type')?.startsWith(EVENT_STREAM) !== true) {
      // A refusal is an answer in JSON. Any other answer is not of a stream.
      dataOf(response, await textOf(response, operation), operation);
      throw new GatewayError('BAD_RESPONSE', `expected ${EVENT_STREAM}, got another answer`);
    }
    for await (const { event, data } of readEvents(response.body, alive)) {
      opened = true;
      alive();
      if (event === 'complete') {
        return;
      }
      yield stateOf(data, response);
    }
  } catch (error) {
    throw error instanceof GatewayError
      ? error
      : new GatewayError('UNREACHABLE', 'the stream of the request broke', { cause: error });
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

function stateOf(text: string, { status, headers }: Response): RequestState {
  const result = JSON.parse(text) as { data?: RequestProgressSubscription | null; errors?: ErrorEntry[] };
  if (result.errors !== undefined || result.data == null) {
    throw errorOf(result.errors ?? [], { status, requestId: headers.get('x-request-id') ?? undefined });
  }
  return result.data.requestProgress;
}

async function* polledStates(
  { read, options: { pollSeconds = 2 } }: WatchDependencies,
  requestId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<RequestState, void, undefined> {
  for (;;) {
    const state = await read(requestId, signal);
    if (state === null) {
      throw new GatewayError('BAD_USER_INPUT', `expected the id of a request, got ${requestId}`);
    }
    yield state;
    await pause(pollSeconds * 1_000, signal);
  }
}
