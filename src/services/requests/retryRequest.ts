import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import {
  REMOVING_OPERATIONS,
  RETRYABLE_REASONS,
  type Administrator,
  type Caller,
  type MembershipOperation,
} from '../../membership.js';
import type { NewRetry, RetrySources } from '../../ports/requests.js';
import { optionFaults } from '../input/checkOptions.js';
import type { Fault } from '../input/faults.js';
import { parseRequestId } from '../input/nodeId.js';
import { checkRetry, outcomesToRetry } from './checkRetry.js';
import { refused, type RetryRequestInput, type Services } from './mutations.js';
import type { RecordRequest } from './recordRequest.js';
import { requestNotFound, wrongRequest } from './requestErrors.js';

/** Makes a new request for the unsuccessful outcomes of another: each account only where it was unsuccessful. */
export function createRetryRequest(dependencies: {
  readonly administrators: readonly Administrator[];
  readonly sources: RetrySources;
  readonly record: RecordRequest;
}): Services['retryRequest'] {
  const { administrators, sources, record } = dependencies;
  return async (caller, input) => {
    const retryOf = parseRequestId(input.requestId);
    const source = retryOf === null ? null : await sources.find(caller, retryOf);
    const faults = optionFaults(input);
    if (retryOf === null || source === null) {
      return refused([requestNotFound(input.requestId), ...faults]);
    }
    const removalFault = isRemoval(source.operation) ? faultOfRemoval(caller, input) : null;
    if (removalFault !== null) {
      return refused([removalFault, ...faults]);
    }
    const administrator = administrators.find(({ id }) => id === source.administrator);
    const onlyRetryable = input.onlyRetryable ?? true;
    const allFaults = [...checkRetry(source, onlyRetryable, administrator), ...faults];
    if (allFaults.length > 0) {
      return refused(allFaults);
    }
    const { operation } = source;
    const outcomes = outcomesToRetry(source, onlyRetryable);
    return record(newRetry(caller, { operation, retryOf, outcomes }, input), {
      waitSeconds: input.waitSeconds ?? null,
    });
  };
}

function isRemoval(operation: MembershipOperation): boolean {
  return REMOVING_OPERATIONS.some((removing) => removing === operation);
}

/** The fault of a retry of a removal: admins alone may retry one, and only what another send may cure. */
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
  // The preview that confirmed the removal did not show these accounts going.
  return wrongRequest(
    'NOT_RETRYABLE',
    'a retry of a removal sends retryable outcomes only; for the others make a new request, with a preview of its own',
  );
}

function newRetry(
  caller: Caller,
  { operation, retryOf, outcomes }: Pick<NewRetry, 'operation' | 'retryOf' | 'outcomes'>,
  input: RetryRequestInput,
): NewRetry {
  const note = input.note ?? null;
  const onlyRetryable = input.onlyRetryable ?? true;
  return {
    id: uuidv7(),
    caller,
    operation,
    retryOf,
    outcomes,
    reasonCodes: onlyRetryable ? RETRYABLE_REASONS : null,
    note,
    idempotencyKey: input.idempotencyKey ?? null,
    inputHash: createHash('sha256').update(JSON.stringify({ retryOf, onlyRetryable, note })).digest('hex'),
  };
}
