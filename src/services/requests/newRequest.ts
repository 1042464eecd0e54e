import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { AlreadyMember, Caller, MemberAccount, MembershipOperation } from '../../membership.js';
import type { NewRequest } from '../../ports/requests.js';
import type { CheckedTargets } from '../input/checkTargets.js';
import type { RequestOptions } from '../input/requestOptions.js';
import { batchKeyOf } from './batchKey.js';

/** A request that has passed its checks, before it has an id. Absent and null mean the same. */
export interface CheckedRequest {
  readonly operation: MembershipOperation;
  readonly accounts: readonly MemberAccount[];
  readonly targets: CheckedTargets;
  readonly options: Pick<RequestOptions, 'note' | 'idempotencyKey'>;
  readonly message?: string | null;
  readonly disableEmailNotification?: boolean | null;
  /** Days for which the members are followed; null: not at all. */
  readonly followUpDays?: number | null;
  /** How an account counts that the service calls a member already; default UNPROCESSED. */
  readonly alreadyMember?: AlreadyMember | null;
}

/** A new request with an id, and with the hash of its input. */
export function newRequest(caller: Caller, checked: CheckedRequest): NewRequest {
  const { operation, targets, options, message = null, disableEmailNotification = null } = checked;
  const followUpDays = checked.followUpDays ?? null;
  const input = {
    operation,
    administrator: targets.administrator.id,
    message,
    disableEmailNotification,
    // The order of the accounts does not matter: the same accounts are the same input.
    accounts: checked.accounts.toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1)),
    note: options.note ?? null,
    // Left out of the hash when they have no effect: hashes of releases without them stay the same.
    ...(followUpDays === null ? {} : { followUpDays }),
    ...(checked.alreadyMember === 'PROCESSED' ? { alreadyMember: checked.alreadyMember } : {}),
  };
  const newTargets = targets.addresses.map((address) => {
    const detectorId = address.service === 'GUARDDUTY' ? targets.detectorId : null;
    const batchKey = batchKeyOf({ ...input, service: address.service, detectorId });
    return { ...address, detectorId, batchKey };
  });
  return {
    ...input,
    id: uuidv7(),
    caller,
    idempotencyKey: options.idempotencyKey ?? null,
    inputHash: createHash('sha256')
      .update(JSON.stringify([input, newTargets]))
      .digest('hex'),
    targets: newTargets,
  };
}
