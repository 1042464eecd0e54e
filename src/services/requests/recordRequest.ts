import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Caller, MemberAccount, MembershipOperation } from '../../membership.js';
import type { NewRequest, RequestStore } from '../../ports/requests.js';
import type { Confirmation } from '../../ports/confirmations.js';
import { batchKeyOf } from './batchKey.js';
import type { CheckedTargets } from '../input/checkTargets.js';
import type { RecordAndWait } from './waitForRequest.js';
import type { MutationResult } from './mutations.js';
import type { RequestOptions } from '../input/requestOptions.js';

/** A request that has passed its checks, before it has an id. */
export interface CheckedRequest {
  readonly operation: MembershipOperation;
  readonly accounts: readonly MemberAccount[];
  readonly targets: CheckedTargets;
  readonly options: RequestOptions;
  readonly message: string | null;
  readonly disableEmailNotification: boolean | null;
  /** Of a removal. */
  readonly confirmation?: Confirmation;
  /** Absent and null: the members are not followed. */
  readonly followUpDays?: number | null;
}

/** Records a checked request, and waits for it as long as its caller wants. */
export type RequestIntake = (caller: Caller, checked: CheckedRequest) => Promise<MutationResult<never>>;

/** The last step of every mutation that names its accounts. */
export function createRequestIntake(store: RequestStore, recordAndWait: RecordAndWait): RequestIntake {
  return (caller, checked) => {
    const request = toRequest(caller, checked);
    const { confirmation, options } = checked;
    return recordAndWait(request, options.waitSeconds, () =>
      confirmation === undefined ? store.accept(request) : store.acceptConfirmed(request, confirmation),
    );
  };
}

function toRequest(caller: Caller, checked: CheckedRequest): NewRequest {
  const { operation, targets, options, message, disableEmailNotification, followUpDays = null } = checked;
  // The order of a list of accounts means nothing: the same accounts are the same input.
  const accounts = checked.accounts.toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1));
  const asked = {
    operation,
    administrator: targets.administrator.id,
    message,
    disableEmailNotification,
    accounts,
    note: options.note ?? null,
    // In the hash only where it is asked for: keys of earlier releases find their requests.
    ...(followUpDays === null ? {} : { followUpDays }),
  };
  const newTargets = targets.addresses.map((address) => {
    const { service } = address;
    const detectorId = service === 'GUARDDUTY' ? targets.detectorId : null;
    return { ...address, detectorId, batchKey: batchKeyOf({ ...asked, service, detectorId }) };
  });
  return {
    ...asked,
    id: uuidv7(),
    caller,
    idempotencyKey: options.idempotencyKey ?? null,
    inputHash: createHash('sha256')
      .update(JSON.stringify([asked, newTargets]))
      .digest('hex'),
    targets: newTargets,
  };
}
