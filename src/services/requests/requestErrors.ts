import { quoted } from '../../errors.js';
import type { Fault } from '../input/faults.js';

const PATH = ['input', 'requestId'];

/** The fault of an id of no request, or of one that the caller may not see: both look alike, so that ids cannot be probed. */
export function requestNotFound(nodeId: string): Fault {
  return {
    path: PATH,
    code: 'NOT_FOUND',
    message: `expected the id of a MembershipRequest that the caller may see, got ${quoted(nodeId)}`,
  };
}

/** The fault of a request in the wrong state. */
export function wrongRequest(code: 'NOT_RETRYABLE' | 'NOT_CANCELABLE', message: string): Fault {
  return { path: PATH, code, message };
}
