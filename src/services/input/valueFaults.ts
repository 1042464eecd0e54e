import { hasInvisible, quoted } from '../../errors.js';
import { isAccountId } from '../../membership.js';
import type { Fault } from './faults.js';

/** Checks one value each: a list with one fault, or an empty one. */

/** Finds a number that is not whole or not in its range. */
export function rangeFaults(
  path: readonly string[],
  value: number,
  { min, max, unit }: { readonly min: number; readonly max: number; readonly unit?: string },
): Fault[] {
  if (Number.isInteger(value) && value >= min && value <= max) {
    return [];
  }
  const expected = unit === undefined ? `a whole number from ${min} to ${max}` : `${min} to ${max} ${unit}`;
  return [{ path, code: 'INVALID_INPUT', message: `expected ${expected}, got ${value}` }];
}

/** Finds a text that is too short, too long or that PostgreSQL cannot hold; null and undefined are no fault. */
export function textFaults(
  path: readonly string[],
  text: string | null | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): Fault[] {
  if (text === null || text === undefined) {
    return [];
  }
  if (text.length < min || text.length > max) {
    const message = `expected ${min} to ${max} characters, got ${text.length}`;
    return [{ path, code: 'INVALID_INPUT', message }];
  }
  if (text.includes('\0')) {
    return [{ path, code: 'INVALID_INPUT', message: 'expected text without NUL characters' }];
  }
  return [];
}

/** The length of a text with characters that a reader cannot see, for a message; else nothing. */
export function lengthOf(text: string): string {
  return hasInvisible(text) ? ` (${text.length} characters)` : '';
}

/** Finds text that is no account id. */
export function accountIdFaults(path: readonly string[], accountId: string): Fault[] {
  if (isAccountId(accountId)) {
    return [];
  }
  const message = `expected an AWS account id of exactly 12 digits, got ${quoted(accountId)}${lengthOf(accountId)}`;
  return [{ path, code: 'INVALID_INPUT', message }];
}

/** Finds a list of account ids that is too long, and else every text in it that is none. */
export function accountIdListFaults(
  path: readonly string[],
  accountIds: readonly string[],
  max: number,
): Fault[] {
  if (accountIds.length > max) {
    const message = `expected at most ${max} accounts, got ${accountIds.length}`;
    return [{ path, code: 'TOO_MANY_ACCOUNTS', message }];
  }
  return accountIds.flatMap((accountId, index) => accountIdFaults([...path, String(index)], accountId));
}
