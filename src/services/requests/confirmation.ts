import { createHash, randomBytes } from 'node:crypto';
import type { MemberAccount, RemovingOperation } from '../../membership.js';
import type { Confirmation, NotConfirmedReason } from '../../ports/confirmations.js';
import type { CheckedTargets } from '../input/checkTargets.js';
import type { Fault } from '../input/faults.js';

/** Lifetime of a token, in seconds. Ours: enough to read the preview, while the members hardly change. */
export const CONFIRMATION_SECONDS = 900;

/** 256 random bits. */
const SECRET_BYTES = 32;

/** A removal that has passed its checks. */
export interface CheckedRemoval {
  readonly operation: RemovingOperation;
  readonly accounts: readonly MemberAccount[];
  readonly targets: CheckedTargets;
}

/** A new token for a removal, and the confirmation to store. */
export function mintConfirmation(removal: CheckedRemoval): { token: string; confirmation: Confirmation } {
  const token = `confirm_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { token, confirmation: confirmationOf(token, removal) };
}

/** The confirmation of a removal: note, idempotency key and waitSeconds may differ from the preview's. */
export function confirmationOf(
  token: string,
  { operation, accounts, targets }: CheckedRemoval,
): Confirmation {
  const { administrator, addresses, detectorId } = targets;
  const services = [...new Set(addresses.map(({ service }) => service))];
  const regions = [...new Set(addresses.map(({ region }) => region))].toSorted();
  const accountIds = accounts.map(({ accountId }) => accountId).toSorted();
  const bound = [operation, administrator.id, services, regions, detectorId, accountIds];
  return {
    tokenHash: new Uint8Array(createHash('sha256').update(token).digest()),
    boundHash: createHash('sha256').update(JSON.stringify(bound)).digest('hex'),
  };
}

const PATH = ['input', 'confirm'];
const PREVIEW = 'send the same input with dryRun: true to get one';

/** The fault of a removal without a token. */
export const CONFIRMATION_REQUIRED: Fault = {
  path: PATH,
  code: 'CONFIRMATION_REQUIRED',
  message: `expected the confirm token of a preview of the same input; ${PREVIEW}`,
};

const REASONS: Readonly<Record<Exclude<NotConfirmedReason, 'SHARE_USED'>, string>> = {
  UNKNOWN: 'this one was not given to the caller',
  OTHER_INPUT: 'this one was given for another operation, other accounts or other targets',
  EXPIRED: `this one is older than ${CONFIRMATION_SECONDS / 60} minutes`,
  USED: 'this one was used for another removal',
};

/** The fault of a removal for which other removals have left too little of the share of a target. */
const SHARE_USED: Fault = {
  path: null,
  code: 'REMOVAL_LIMIT_EXCEEDED',
  message:
    'other removals of the last day, with those that are not done yet, leave too little of the share of a target ' +
    '(REMOVAL_SHARE_PERCENT); send the same input with dryRun: true to see the numbers',
};

/** The fault of a removal with a token that does not confirm it. */
export function confirmationInvalid(reason: NotConfirmedReason): Fault {
  if (reason === 'SHARE_USED') {
    return SHARE_USED;
  }
  return {
    path: PATH,
    code: 'CONFIRMATION_INVALID',
    message: `expected the confirm token of a preview of the same input, and ${REASONS[reason]}; ${PREVIEW}`,
  };
}
