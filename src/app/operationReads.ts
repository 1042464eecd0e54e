import { RECORD_CONNECTIONS } from '../store/connection/client.js';
import type { Caller } from '../membership.js';
import type { Cancellable } from '../ports/cancellable.js';
import { callerKey } from '../services/callerKey.js';
import { createFairTurns, type FairTurns } from '../services/fairTurns.js';
import { withDeadline, type Deadline, type PerformRead } from '../services/deadline.js';

/** Most connections that the reads of one caller use at once; the lanes and other callers use the others. */
const CONNECTIONS_PER_CALLER = 2;

/** The reads of one operation: in the turns of its caller, and not after its deadline. */
export interface OperationReads {
  readonly callerKey: string;
  /** Null: the operation has no deadline. */
  readonly deadlineOf: () => Deadline | null;
  /** The same port, with reads of this operation. */
  bounded<Port extends object>(port: Port): Port;
}

/** The turns of reads of the record, for all operations of the process. */
export function createReadConnections(): FairTurns {
  return createFairTurns({
    total: RECORD_CONNECTIONS - 1,
    perCaller: CONNECTIONS_PER_CALLER,
    waiting: Number.POSITIVE_INFINITY,
  });
}

export function createOperationReads(
  { connections, cancellable }: { connections: FairTurns; cancellable: Cancellable },
  caller: Caller,
  deadlineOf: () => Deadline | null,
): OperationReads {
  const key = callerKey(caller);
  const perform: PerformRead = (read, signal) => {
    const cancelled = signal === undefined ? read : () => cancellable(signal, read);
    // The local caller uses the machine itself.
    return caller.kind === 'LOCAL' ? cancelled() : connections.run(key, cancelled, signal);
  };
  return {
    callerKey: key,
    deadlineOf,
    bounded: (port) => withDeadline(port, deadlineOf, perform),
  };
}
