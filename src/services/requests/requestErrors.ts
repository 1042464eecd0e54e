import { quoted } from '../../errors.js';
import { parseNodeId } from '../input/nodeId.js';
import type { UserError } from '../input/userErrors.js';

const FIELD = ['input', 'requestId'];

/** The UUID in a request's id that came as `input.requestId`; null for anything else. */
export function askedRequestId(nodeId: string): string | null {
  const key = parseNodeId(nodeId);
  return key?.kind === 'request' ? key.id : null;
}

/** There is no such request, or the caller may not see it: the two look alike, so that nobody can probe for ids. */
export function requestNotFound(nodeId: string): UserError {
  return {
    field: FIELD,
    code: 'NOT_FOUND',
    message: `expected the id of a MembershipRequest that the caller may see, got ${quoted(nodeId)}`,
  };
}

/** The request is there, and cannot be treated so. */
export function wrongRequest(code: 'NOT_RETRYABLE' | 'NOT_CANCELABLE', message: string): UserError {
  return { field: FIELD, code, message };
}
