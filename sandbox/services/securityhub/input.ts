import { z } from 'zod';
import { readBody } from '../../calls/body.js';
import { BATCH_LIMIT, type Answer, type Input, type SignedCall } from '../../calls/operation.js';
import type { Unprocessed } from '../../members/member.js';
import { RESULT_TEXTS } from '../../members/texts.js';
import { isAccountId } from '../../scope.js';
import { badInput } from '../../wire/refusal.js';

const AccountIds = z.object({ AccountIds: z.array(z.string()) });

/** Returns the `AccountIds` of a call; undefined if it has none. */
export const readAccountIds = (call: SignedCall): string[] | undefined =>
  readBody(AccountIds, call)?.AccountIds;

/** The input of an operation on a list of accounts. */
export interface BatchInput {
  /** The name of the list in the input. */
  readonly field: string;
  /** The list; undefined if the input has none. */
  readonly accountIds: readonly string[] | undefined;
  /** Whether Security Hub refuses more than 50 accounts, or leaves the surplus unprocessed. */
  readonly refusesAboveLimit: () => boolean;
}

/** Performs an operation on at most 50 accounts. `surplus` has the other accounts of the call, as unprocessed. */
export type PerformBatch = (ids: readonly string[], surplus: Unprocessed[]) => Answer;

export function batchInput(input: BatchInput, perform: PerformBatch): Input {
  const { field, accountIds = [], refusesAboveLimit } = input;
  return {
    accountIds,
    check() {
      if (accountIds.length === 0 || !accountIds.every(isAccountId)) {
        throw invalidParameter(field);
      }
      if (accountIds.length > BATCH_LIMIT && refusesAboveLimit()) {
        throw badInput(
          'securityhub',
          `Invalid parameter '${field}'. At most ${BATCH_LIMIT} accounts are allowed, and ${accountIds.length} were given.`,
        );
      }
    },
    perform() {
      const surplus = accountIds
        .slice(BATCH_LIMIT)
        .map((accountId) => ({ accountId, result: RESULT_TEXTS.securityhub.batchLimit }));
      return perform(accountIds.slice(0, BATCH_LIMIT), surplus);
    },
  };
}

/** Returns the refusal of a field. */
export const invalidParameter = (field: string) => badInput('securityhub', `Invalid parameter '${field}'.`);

export const unprocessedAnswer = (unprocessed: readonly Unprocessed[]): Answer => ({
  body: {
    UnprocessedAccounts: unprocessed.map(({ accountId, result }) => ({
      AccountId: accountId,
      ProcessingResult: result,
    })),
  },
  unprocessed: unprocessed.map(({ accountId }) => accountId),
});
