import type { Fault } from './fault.js';
import { MAGIC_OUTCOMES, MAGIC_PREFIX, type MagicOutcome } from './magicTable.js';
import type { OperationName } from '../operations.js';
import type { FixedResult } from '../members/member.js';
import { isAccountId, type CallScope, type ChangingOperation, type Scope } from '../scope.js';
import { RESULT_TEXTS } from '../members/texts.js';

/** The outcomes of magic account ids. They count how often each account was sent. */
export interface MagicOutcomes {
  /** Returns the result text for an account. Each call counts as one send of the account. */
  readonly fixedResults: (scope: Scope, operation: ChangingOperation) => FixedResult;
  /** Returns the fault of the first account that has one left. Each call counts as one send of that account. */
  faultFor(scope: CallScope, operation: OperationName, accountIds: readonly string[]): Fault | undefined;
  /** Sets every count to zero: `once` outcomes happen again. */
  clear(): void;
}

/** Returns the magic outcomes, with every count at zero. */
export function createMagicOutcomes(): MagicOutcomes {
  const sends = new Map<string, number>();

  /** Counts a send of the account. Returns whether the outcome still applies. */
  const countSend = (
    row: MagicOutcome,
    accountId: string,
    { region, service }: CallScope,
    operation: OperationName,
  ): boolean => {
    if (!row.operations.some((one) => one === operation)) {
      return false;
    }
    if (row.sends === null) {
      return true;
    }
    const key = `${accountId}/${region}/${service}/${operation}`;
    const before = sends.get(key) ?? 0;
    sends.set(key, before + 1);
    return before < row.sends;
  };

  return {
    fixedResults: (scope, operation) => (accountId) => {
      const row = magicOutcomeOf(accountId);
      if (!row || !('text' in row)) {
        return undefined;
      }
      return countSend(row, accountId, scope, operation) ? RESULT_TEXTS[scope.service][row.text] : undefined;
    },
    faultFor(scope, operation, accountIds) {
      for (const accountId of accountIds) {
        const row = magicOutcomeOf(accountId);
        if (row && 'fault' in row && countSend(row, accountId, scope, operation)) {
          return row.fault;
        }
      }
      return undefined;
    },
    clear: () => sends.clear(),
  };
}

/** Returns the row of an account id in the magic table; undefined for an ordinary id. */
const magicOutcomeOf = (accountId: string): MagicOutcome | undefined =>
  accountId.startsWith(MAGIC_PREFIX, 6) && isAccountId(accountId)
    ? BY_DIGITS.get(accountId.slice(10))
    : undefined;

const BY_DIGITS: ReadonlyMap<string, MagicOutcome> = new Map(MAGIC_OUTCOMES.map((row) => [row.digits, row]));
