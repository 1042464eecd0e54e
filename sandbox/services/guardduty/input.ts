import { z } from 'zod';
import { readBody } from '../../calls/body.js';
import { BATCH_LIMIT, type Answer, type Input, type SignedCall } from '../../calls/operation.js';
import type { Unprocessed } from '../../members/member.js';
import { isAccountId } from '../../scope.js';
import { badInput, OUT_OF_RANGE } from '../../wire/refusal.js';

const AccountIds = z.object({ accountIds: z.array(z.string()) });

/** Returns the input of an operation on `accountIds`. */
export function onAccounts(call: SignedCall, perform: (accountIds: string[]) => Answer): Input {
  const accountIds = readBody(AccountIds, call)?.accountIds;
  return {
    accountIds: accountIds ?? [],
    check: () => checkAccountIds('accountIds', accountIds),
    perform: () => perform(accountIds ?? []),
  };
}

/** Throws the refusal of a list that is absent, empty, too long, or has an invalid account id. */
export function checkAccountIds(field: string, accountIds: readonly string[] | undefined): void {
  if (!accountIds) {
    throw invalidValues();
  }
  const { length } = accountIds;
  if (length > BATCH_LIMIT) {
    throw badInput(
      'guardduty',
      `The request failed because the length provided for the ${field} array was ${length}. Max allowed length is ${BATCH_LIMIT}.`,
    );
  }
  if (length === 0 || !accountIds.every(isAccountId)) {
    throw badInput('guardduty', OUT_OF_RANGE);
  }
}

/** Returns the refusal of a body without a required field. */
export const invalidValues = () =>
  badInput('guardduty', 'The request is rejected because one or more input parameters have invalid values.');

export const unprocessedAnswer = (unprocessed: readonly Unprocessed[]): Answer => ({
  body: { unprocessedAccounts: unprocessed },
  unprocessed: unprocessed.map(({ accountId }) => accountId),
});
