import type { Closers } from '../closers.js';
import type { Log } from '../log.js';
import type { ProcessTracing } from '../tracing/tracing.js';

/** The process that a gateway runs in. */
export interface GatewayProcess {
  readonly log: Log;
  /** Each phase of the start adds what it opens, as soon as it is open. */
  readonly closers: Closers;
  /** Ends the process, because a service that the gateway needs has ended by itself. */
  readonly fatal: (reason: string) => void;
  /** Absent or null: tracing is off. */
  readonly tracing?: ProcessTracing | null;
}
