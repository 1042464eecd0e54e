import {
  ROOT_CONTEXT,
  trace,
  type Context,
  type Link,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import type { Log } from '../log.js';
import type { RequestTraces } from '../ports/tracing.js';
import { fromTraceparent } from './spanContexts.js';

/** Calls whose traces are remembered until they settle: far more than can be in flight, and some of those in doubt. */
const MAX_CALLS = 10_000;

/** The traces of the calls that this process works on. */
export interface CallTraces {
  /** The parent of the next span of a call. A call that another process claimed has none, and begins a new trace here. */
  parentOf(callId: string): Context;
  /** A span that has just begun: the first of a call is the parent of its others. */
  began(callId: string, span: Span): void;
  /** Ends a span of a call now, once it has the links to the requests. Nothing waits for it. */
  endWithLinks(callId: string, span: Span): void;
  /** Forgets a call that has settled. */
  settled(callId: string): void;
  /** The first span of a call; undefined for a call that is not known here. */
  contextOf(callId: string): SpanContext | undefined;
  /** Resolves when every span that waits for its links has ended. */
  linked(): Promise<void>;
}

export function createCallTraces(requests: RequestTraces, log: Log): CallTraces {
  const contexts = new Map<string, SpanContext>();
  const links = new Map<string, Promise<Link[]>>();
  const waiting = new Set<Promise<void>>();

  const linksOf = (callId: string): Promise<Link[]> => {
    const known = links.get(callId) ?? readLinks(requests, callId, log);
    remember(links, callId, known);
    return known;
  };

  return {
    parentOf(callId) {
      const first = contexts.get(callId);
      return first === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, first);
    },
    began(callId, span) {
      remember(contexts, callId, contexts.get(callId) ?? span.spanContext());
    },
    endWithLinks(callId, span) {
      if (!span.isRecording()) {
        span.end();
        return;
      }
      const endedAt = new Date();
      const ended = linksOf(callId).then((found) => {
        span.addLinks(found);
        span.end(endedAt);
        waiting.delete(ended);
      });
      waiting.add(ended);
    },
    settled(callId) {
      contexts.delete(callId);
      links.delete(callId);
    },
    contextOf: (callId) => contexts.get(callId),
    async linked() {
      await Promise.all(waiting);
    },
  };
}

/** The links to the requests of a call; none if they cannot be read: a trace never holds a call up. */
async function readLinks(requests: RequestTraces, callId: string, log: Log): Promise<Link[]> {
  try {
    const traceparents = await requests.ofCall(callId);
    return traceparents.flatMap((traceparent) => {
      const context = fromTraceparent(traceparent);
      return context === null ? [] : [{ context }];
    });
  } catch (error) {
    log.debug({ err: error, callId }, 'the spans of a call have no links to its requests');
    return [];
  }
}

function remember<Value>(map: Map<string, Value>, callId: string, value: Value): void {
  map.set(callId, value);
  const [oldest] = map.keys();
  if (map.size > MAX_CALLS && oldest !== undefined) {
    map.delete(oldest);
  }
}
