import { createHash, randomBytes } from 'node:crypto';
import type { MemberAccount, RemovingOperation } from '../../membership.js';
import type { Confirmation, NotConfirmedReason } from '../../ports/confirmations.js';
import type { CheckedTargets } from '../input/checkTargets.js';
import type { Fault } from '../input/faults.js';

/** How long a preview may be acted on, in seconds. Ours: time to read it, and little for the members to change. */
export const CONFIRMATION_SECONDS = 900;

/** 256 random bits. */
const SECRET_BYTES = 32;

/** A removal that has passed its checks. */
export interface CheckedRemoval {
  readonly operation: RemovingOperation;
  readonly accounts: readonly MemberAccount[];
  readonly targets: CheckedTargets;
}

/** A new token for a removal, and what is kept of it. */
export function mintConfirmation(removal: CheckedRemoval): { token: string; confirmation: Confirmation } {
  const token = `confirm_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { token, confirmation: confirmationOf(token, removal) };
}

/** What a token is to be held against. What is said only for the record (note, key, wait) does not count. */
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
const PREVIEW = 'dryRun: true, which shows what would go and gives one';

/** A removal without a token. */
export const CONFIRMATION_REQUIRED: Fault = {
  path: PATH,
  code: 'CONFIRMATION_REQUIRED',
  message: `expected the confirm token of a preview of the same input: ask with ${PREVIEW}`,
};

const REASONS: Readonly<Record<NotConfirmedReason, string>> = {
  UNKNOWN: 'this one was not given to the caller',
  OTHER_INPUT: 'this one was given for another operation, other accounts or other targets',
  EXPIRED: `this one is older than ${CONFIRMATION_SECONDS / 60} minutes`,
  USED: 'this one was used for another removal',
};

/** A removal with a token that does not confirm it. */
export function confirmationInvalid(reason: NotConfirmedReason): Fault {
  return {
    path: PATH,
    code: 'CONFIRMATION_INVALID',
    message: `expected the confirm token of a preview of the same input, and ${REASONS[reason]}: ask with ${PREVIEW}`,
  };
}
