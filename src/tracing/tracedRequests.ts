import { context, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';
import type { NotConfirmed } from '../ports/confirmations.js';
import type { NewRequest, NewRetry, RecordedRequest, RequestStore } from '../ports/requests.js';
import { fromTraceparent, toTraceparent } from './spanContexts.js';
import { ATTRIBUTES, gatewayTracer, within } from './spans.js';

/**
 * The same store, with a span `accept` for each insert. The record keeps the context of that span as the `traceparent` of the
 * request, so that calls of any replica can link to it.
 */
export function traceRequests(store: RequestStore): RequestStore {
  return {
    findByKey: (request) => store.findByKey(request),
    insert: (request) => accept(request, (traced) => store.insert(traced)),
    insertRemoval: (request, allowedBy) =>
      accept(request, (traced) => store.insertRemoval(traced, allowedBy)),
  };
}

async function accept<Recorded extends RecordedRequest | NotConfirmed>(
  request: NewRequest | NewRetry,
  insert: (traced: NewRequest | NewRetry) => Promise<Recorded>,
): Promise<Recorded> {
  const { operation, caller } = request;
  const parent = parentOf(request);
  const attributes = { [ATTRIBUTES.operation]: operation, ...sizeOf(request) };
  const span = gatewayTracer().startSpan(`accept ${operation}`, { attributes }, parent);
  const traced =
    caller.origin === null
      ? request
      : {
          ...request,
          caller: {
            ...caller,
            origin: { ...caller.origin, traceparent: toTraceparent(span.spanContext()) },
          },
        };
  try {
    const recorded = await within(span, parent, () => insert(traced));
    if ('requestId' in recorded) {
      span.setAttribute(ATTRIBUTES.request, recorded.requestId);
    }
    return recorded;
  } finally {
    span.end();
  }
}

/** The active span, else the trace context that came with the request. */
function parentOf({ caller }: NewRequest | NewRetry): Context {
  const received = fromTraceparent(caller.origin?.traceparent ?? null);
  return trace.getActiveSpan() !== undefined || received === null
    ? context.active()
    : trace.setSpanContext(ROOT_CONTEXT, received);
}

function sizeOf(request: NewRequest | NewRetry) {
  return 'retryOf' in request
    ? {}
    : {
        [ATTRIBUTES.administrator]: request.administrator,
        [ATTRIBUTES.accounts]: request.accounts.length,
        [ATTRIBUTES.targets]: request.targets.length,
      };
}
