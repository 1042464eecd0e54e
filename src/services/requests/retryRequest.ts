import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import {
  REMOVING_OPERATIONS,
  RETRYABLE_REASONS,
  type Administrator,
  type Caller,
  type MembershipOperation,
} from '../../membership.js';
import type { NewRetry, RetryStore } from '../../ports/requests.js';
import { parseRequestId } from '../input/nodeId.js';
import { requestNotFound, wrongRequest } from './requestErrors.js';
import { optionFaults } from '../input/checkOptions.js';
import { checkRetry } from './checkRetry.js';
import type { RecordAndWait } from './waitForRequest.js';
import { refused, type RetryRequestInput, type Services } from './mutations.js';
import type { Fault } from '../input/faults.js';

/** Makes a new request of what another one did not get done: each account only where it ended badly. */
export function createRetryRequest(deps: {
  readonly administrators: readonly Administrator[];
  readonly retries: RetryStore;
  readonly recordAndWait: RecordAndWait;
}): Services['retryRequest'] {
  return async (caller, input) => {
    const retryOf = parseRequestId(input.requestId);
    const source = retryOf === null ? null : await deps.retries.source(caller, retryOf);
    const faults = optionFaults(input);
    if (retryOf === null || source === null) {
      return refused([requestNotFound(input.requestId), ...faults]);
    }
    const removalFault = isRemoval(source.operation) ? faultOfRemoval(caller, input) : null;
    if (removalFault !== null) {
      return refused([removalFault, ...faults]);
    }
    const administrator = deps.administrators.find(({ id }) => id === source.administrator);
    const allFaults = [...checkRetry(source, input.onlyRetryable ?? true, administrator), ...faults];
    if (allFaults.length > 0) {
      return refused(allFaults);
    }
    const retry = toRetry(caller, source.operation, retryOf, input);
    return deps.recordAndWait(retry, input.waitSeconds, () => deps.retries.accept(retry));
  };
}

function isRemoval(operation: MembershipOperation): boolean {
  return REMOVING_OPERATIONS.some((removing) => removing === operation);
}

/**
 * Whoever may not remove may not do so by repeating; and what the service refused to remove was confirmed by a preview that
 * did not show it going.
 */
function faultOfRemoval({ role }: Caller, { onlyRetryable }: RetryRequestInput): Fault | null {
  if (role !== 'ADMIN') {
    return {
      path: ['input', 'requestId'],
      code: 'FORBIDDEN',
      message: `a retry of a removal is for the role admin, and you are ${role.toLowerCase()}`,
    };
  }
  if (onlyRetryable ?? true) {
    return null;
  }
  return wrongRequest(
    'NOT_RETRYABLE',
    'of a removal only what another send may cure is retried; for the rest make a new request, with a preview of its own',
  );
}

function toRetry(
  caller: Caller,
  operation: MembershipOperation,
  retryOf: string,
  input: RetryRequestInput,
): NewRetry {
  const note = input.note ?? null;
  const onlyRetryable = input.onlyRetryable ?? true;
  return {
    id: uuidv7(),
    caller,
    operation,
    retryOf,
    reasonCodes: onlyRetryable ? RETRYABLE_REASONS : null,
    note,
    idempotencyKey: input.idempotencyKey ?? null,
    inputHash: createHash('sha256').update(JSON.stringify({ retryOf, onlyRetryable, note })).digest('hex'),
  };
}
