import type { Caller } from '../membership.js';

/** The key of a caller's budget, limits and queues: equal for all operations of one caller, and for no other caller. */
export function callerKey(caller: Caller | null): string {
  return caller === null ? 'ANONYMOUS' : `${caller.kind} ${caller.id}`;
}
