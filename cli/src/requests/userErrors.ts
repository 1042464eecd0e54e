import { CommandError, EXIT } from '../faults.js';
import type { Account } from '../input/checkRows.js';
import { placeLine } from '../input/rows.js';

/** A fault that the gateway found in the input. */
export interface UserError {
  readonly code: string;
  readonly field: readonly string[] | null;
  readonly message: string;
}

/** The input is right, and the gateway does not do it. */
const REFUSALS = ['FORBIDDEN', 'REMOVAL_LIMIT_EXCEEDED'];

/** How many faults are shown. */
const MAX_SHOWN = 100;

/** Ends the command if there are faults; those of accounts are named by file and row. */
export function throwUserErrors(errors: readonly UserError[], accounts: readonly Account[] = []): void {
  if (errors.length === 0) {
    return;
  }
  const lines = errors
    .slice(0, MAX_SHOWN)
    .map((error) => `${placeOf(error, accounts)}${error.message} (${error.code})`);
  const more = errors.length - lines.length;
  const refused = errors.every(({ code }) => REFUSALS.includes(code));
  throw new CommandError(refused ? EXIT.refused : EXIT.usage, [
    ...lines,
    ...(more > 0 ? [`... and ${more} more faults`] : []),
    'the gateway recorded nothing and sent nothing',
  ]);
}

/** `accounts.csv, row 3, email: `, or the path in the input without `input`. */
function placeOf({ field }: UserError, accounts: readonly Account[]): string {
  if (field === null) {
    return '';
  }
  const [, list, index, ...rest] = field;
  const account = list === 'accounts' || list === 'accountIds' ? accounts[Number(index)] : undefined;
  if (account !== undefined) {
    return `${[placeLine(account.place), ...rest].join(', ')}: `;
  }
  const path = field.slice(field[0] === 'input' ? 1 : 0).join('.');
  return path === '' ? '' : `${path}: `;
}
