import { trace, type TracerProvider } from '@opentelemetry/api';
import type { Log } from '../log.js';
import type { LaneRecord } from '../ports/laneRecord.js';
import type { RequestStore } from '../ports/requests.js';
import type { HttpTracing, RequestTraces } from '../ports/tracing.js';
import type { Upstream } from '../ports/upstream.js';
import { createCallTraces, type CallTraces } from './callTraces.js';
import { createHttpTracing } from './httpSpans.js';
import { logFields } from './spanContexts.js';
import { gatewayTracer } from './spans.js';
import { traceLaneRecord } from './tracedLaneRecord.js';
import { traceRequests } from './tracedRequests.js';
import { traceUpstream } from './tracedUpstream.js';

/** Puts spans around the parts of a gateway. While tracing is off, the parts are used as they are. */
export interface Tracing {
  readonly http: HttpTracing;
  requests(store: RequestStore): RequestStore;
  upstream(upstream: Upstream): Upstream;
  laneRecord(record: LaneRecord): LaneRecord;
}

/** The tracing of this process. */
export interface ProcessTracing {
  /** @param requests where the spans of calls find the requests that they link to. */
  open(requests: RequestTraces, log: Log): Tracing;
  /** The fields that lead a log line to its trace: to that of the call that it names, else to the active span. */
  readonly logFields: (line: object) => object;
  /** Exports every span that has ended. */
  flush(): Promise<void>;
}

/** Traces through the OpenTelemetry SDK that the process was started with; null without one. */
export function createProcessTracing(): ProcessTracing | null {
  if (!isSdkLoaded()) {
    return null;
  }
  let calls: CallTraces | null = null;
  return {
    open(requests, log) {
      const opened = createCallTraces(requests, log);
      calls = opened;
      return {
        http: createHttpTracing(),
        requests: traceRequests,
        upstream: (upstream) => traceUpstream(upstream, opened),
        laneRecord: (record) => traceLaneRecord(record, opened),
      };
    },
    logFields(line) {
      const named = 'callId' in line && typeof line.callId === 'string' ? line.callId : null;
      const ofCall = named === null ? undefined : calls?.contextOf(named);
      return logFields(ofCall ?? trace.getActiveSpan()?.spanContext());
    },
    async flush() {
      await calls?.linked();
      await flushProvider(trace.getTracerProvider());
    },
  };
}

/** Whether a provider is registered: without one, spans have no ids. This span does not end, so it is not exported. */
function isSdkLoaded(): boolean {
  return trace.isSpanContextValid(gatewayTracer().startSpan('start').spanContext());
}

/** A provider as the API gives it: the registered one is behind `getDelegate`. Those of the SDK can be flushed. */
type KnownProvider = TracerProvider & {
  readonly getDelegate?: () => KnownProvider;
  readonly forceFlush?: () => Promise<void>;
};

async function flushProvider(provider: KnownProvider): Promise<void> {
  await (provider.getDelegate?.() ?? provider).forceFlush?.();
}
