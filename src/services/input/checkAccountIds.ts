import { throwFirstFault } from './faults.js';
import { accountIdFaults, accountIdListFaults } from './valueFaults.js';

/** Most accounts that one query or one plan reads: 20 calls for each target. */
export const ACCOUNTS_PER_QUERY = 1_000;

/** The account id as it came. @throws GatewayError `BAD_USER_INPUT`, with the argument named. */
export function checkAccountId(argument: string, accountId: string): string {
  throwFirstFault(accountIdFaults([argument], accountId));
  return accountId;
}

/** The account ids as they came, at most `max`. @throws GatewayError `BAD_USER_INPUT`, with the argument named. */
export function checkAccountIds(
  argument: string,
  accountIds: readonly string[],
  max = ACCOUNTS_PER_QUERY,
): readonly string[] {
  throwFirstFault(accountIdListFaults([argument], accountIds, max));
  return accountIds;
}
