import type { Fault } from './fault.js';
import { MAGIC_ENDINGS, MAGIC_PREFIX, type MagicEnding } from './magic.js';
import type { Screen } from './member.js';
import {
  isAccountId,
  type CallScope,
  type ChangingOperation,
  type OperationName,
  type Scope,
} from './scope.js';
import { RESULT_TEXTS } from './texts.js';

/** The magic account ids at work: knows how often each has ended as its row says. */
export interface Endings {
  /** The words to refuse an account with. Asking counts as a send, so ask once per send. */
  readonly screen: (scope: Scope, operation: ChangingOperation) => Screen;
  /** What happens to the whole call, by the first of its accounts that still has something to happen. Asking counts. */
  fault(scope: CallScope, operation: OperationName, accountIds: readonly string[]): Fault | undefined;
  /** Forgets every count: all `once` endings happen again. */
  clear(): void;
}

export function createEndings(): Endings {
  const sends = new Map<string, number>();

  const isDue = (
    row: MagicEnding,
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
    screen: (scope, operation) => (accountId) => {
      const row = magicEnding(accountId);
      if (!row || !('text' in row)) {
        return undefined;
      }
      return isDue(row, accountId, scope, operation) ? RESULT_TEXTS[scope.service][row.text] : undefined;
    },
    fault(scope, operation, accountIds) {
      for (const accountId of accountIds) {
        const row = magicEnding(accountId);
        if (row && 'fault' in row && isDue(row, accountId, scope, operation)) {
          return row.fault;
        }
      }
      return undefined;
    },
    clear: () => sends.clear(),
  };
}

/** The row of the magic table for an account id; undefined for an ordinary one. */
const magicEnding = (accountId: string): MagicEnding | undefined =>
  accountId.startsWith(MAGIC_PREFIX, 6) && isAccountId(accountId)
    ? BY_ENDING.get(accountId.slice(10))
    : undefined;

const BY_ENDING: ReadonlyMap<string, MagicEnding> = new Map(MAGIC_ENDINGS.map((row) => [row.ending, row]));
