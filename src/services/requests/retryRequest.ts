import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import {
  REMOVING_OPERATIONS,
  RETRYABLE_REASONS,
  type Administrator,
  type Caller,
  type MembershipOperation,
  type RemovingOperation,
} from '../../membership.js';
import type { RemovalLimit } from '../../ports/removals.js';
import type { NewRetry, RetrySource, RetrySources } from '../../ports/requests.js';
import { optionFaults } from '../input/checkOptions.js';
import type { Fault } from '../input/faults.js';
import { parseRequestId } from '../input/nodeId.js';
import type { ShareOfRemoval } from '../plans/removalShare.js';
import { checkRetry, retriedOf, sum } from './checkRetry.js';
import { refused, type RetryRequestInput, type Services } from './mutations.js';
import type { RecordRequest } from './recordRequest.js';
import { requestNotFound, wrongRequest } from './requestErrors.js';

/** Makes a new request for the unsuccessful outcomes of another: each account only where it was unsuccessful. */
export function createRetryRequest(dependencies: {
  readonly administrators: readonly Administrator[];
  readonly sources: RetrySources;
  readonly record: RecordRequest;
  readonly shareOfRemoval: ShareOfRemoval;
}): Services['retryRequest'] {
  const { administrators, sources, record } = dependencies;
  return async (caller, input) => {
    const retryOf = parseRequestId(input.requestId);
    const source = retryOf === null ? null : await sources.find(caller, retryOf);
    const faults = optionFaults(input);
    if (retryOf === null || source === null) {
      return refused([requestNotFound(input.requestId), ...faults]);
    }
    const removalFault = isRemoving(source.operation) ? faultOfRemoval(caller, input) : null;
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
    const outcomes = sum(retriedOf(source, onlyRetryable));
    return record(newRetry(caller, { operation, retryOf, outcomes }, input), {
      waitSeconds: input.waitSeconds ?? null,
      ...(isRemoving(operation) && {
        allowedBy: { limits: () => limitsOfRetry(dependencies.shareOfRemoval, source, operation) },
      }),
    });
  };
}

function isRemoving(operation: MembershipOperation): operation is RemovingOperation {
  return REMOVING_OPERATIONS.some((removing) => removing === operation);
}

/** A failed removal takes no part of a share, so that its retry needs what other removals have left by now. */
async function limitsOfRetry(
  shareOfRemoval: ShareOfRemoval,
  source: RetrySource,
  operation: RemovingOperation,
): Promise<RemovalLimit[]> {
  const { administrator } = source;
  const retried = retriedOf(source, true);
  const targets = new Map(
    retried.map(({ service, region }) => [`${service} ${region}`, { administrator, service, region }]),
  );
  const limits = [...targets.values()].map(async (target): Promise<RemovalLimit[]> => {
    const { service, region } = target;
    const unlisted = sum(retried.filter((ended) => ended.service === service && ended.region === region));
    const share = await shareOfRemoval(target, { operation, named: [], counted: [], unlisted });
    const accounts = share.verdict === 'NOT_COUNTED' ? 0 : share.limit;
    return accounts === null ? [] : [{ target, accounts }];
  });
  return (await Promise.all(limits)).flat();
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
