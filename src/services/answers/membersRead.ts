import type { ReasonCode } from '../../membership.js';
import type { MembersRead, ServiceMember } from '../../ports/upstream.js';
import { classifyUnprocessed } from './reasonPatterns.js';

/**
 * What a GetMembers says of one account.
 * - `MEMBER`: the service lists it.
 * - `NOT_A_MEMBER`: the service names it, in words that say so.
 * - `UNKNOWN`: the service does not name it, or in other words, such as "Internal error". It may be a member or not.
 */
export type AccountRead =
  | { readonly kind: 'MEMBER'; readonly member: ServiceMember }
  | { readonly kind: 'NOT_A_MEMBER' }
  | { readonly kind: 'UNKNOWN'; readonly words: string };

/** Reasons which say that an account is no member. */
const NO_MEMBER: readonly ReasonCode[] = ['NOT_ASSOCIATED', 'NOT_CREATED', 'ACCOUNT_INVALID'];

/** Words that say the same. Those of Security Hub are not documented (UPSTREAMS.md, "Open"), so the pattern is wide. */
const NO_MEMBER_WORDS =
  /\b(?:not found|does(?: not|n't) exist|no such (?:member|account)|not (?:an? )?(?:associated|member))\b/i;

/** What a GetMembers says of the accounts it was sent for, by account id. */
export function accountsOf({ members, unprocessed }: MembersRead): (accountId: string) => AccountRead {
  const found = new Map(members.map((member) => [member.accountId, member]));
  const named = new Map(unprocessed.map(({ accountId, result }) => [accountId, result]));
  return (accountId) => {
    const member = found.get(accountId);
    if (member !== undefined) {
      return { kind: 'MEMBER', member };
    }
    const words = named.get(accountId);
    if (words === undefined) {
      return { kind: 'UNKNOWN', words: 'the answer does not name the account' };
    }
    return NO_MEMBER.includes(classifyUnprocessed(words)) || NO_MEMBER_WORDS.test(words)
      ? { kind: 'NOT_A_MEMBER' }
      : { kind: 'UNKNOWN', words: words === '' ? 'the answer gives no reason' : words };
  };
}
