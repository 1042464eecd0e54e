import type { MemberAccount, MemberStatus, SecurityService } from '../../membership.js';
import type { ServiceMember } from '../../ports/upstream.js';
import { memberStatusOf } from '../members/memberStatus.js';
import { isMember, verdictOn } from './planVerdict.js';

/** One account on one of the lists. */
export interface ReconciledAccount {
  readonly accountId: string;
  /** The desired e-mail address; null when none was given. */
  readonly email: string | null;
  /** The address that the service has; null when it has none. */
  readonly memberEmail: string | null;
  readonly memberStatus: MemberStatus;
}

/** All accounts of one kind. */
export interface ReconciledAccounts {
  readonly totalCount: number;
  /** The first of them by account id, up to the limit. */
  readonly accounts: readonly ReconciledAccount[];
}

/** The differences between desired members and the members of one target. */
export interface ComparedMembers {
  readonly toCreate: ReconciledAccounts;
  readonly toInvite: ReconciledAccounts;
  /** Their e-mail address failed its verification: neither call helps before the member is deleted. */
  readonly toRecreate: ReconciledAccounts;
  /** Would have to be created, and lack the e-mail address that GuardDuty requires. */
  readonly emailMissing: ReconciledAccounts;
  /** Members that are not desired. */
  readonly unexpected: ReconciledAccounts;
  readonly emailDiffers: ReconciledAccounts;
  /** Number of desired accounts that are members, invited or active, with no other address. */
  readonly upToDate: number;
}

/** @param desired distinct accounts in the order of their ids. */
export function compareMembers(
  desired: readonly MemberAccount[],
  members: readonly ServiceMember[],
  {
    service,
    ownAccountId,
    limit,
  }: { readonly service: SecurityService; readonly ownAccountId: string; readonly limit: number },
): ComparedMembers {
  const unexpected = new Map(members.map((member) => [member.accountId, member]));
  const toCreate = createList(limit);
  const toInvite = createList(limit);
  const toRecreate = createList(limit);
  const emailMissing = createList(limit);
  const emailDiffers = createList(limit);
  const lists = {
    WOULD_CREATE: toCreate,
    WOULD_INVITE: toInvite,
    EMAIL_VERIFICATION_FAILED: toRecreate,
    EMAIL_MISSING: emailMissing,
  };
  let upToDate = 0;
  for (const { accountId, email } of desired) {
    const member = unexpected.get(accountId);
    unexpected.delete(accountId);
    const status = member === undefined ? 'NOT_A_MEMBER' : memberStatusOf(member.serviceStatus);
    const operation = isMember(status) ? 'INVITE_MEMBERS' : 'CREATE_MEMBERS';
    const verdict = verdictOn(operation, { accountId, service, status }, email, ownAccountId);
    if (verdict === 'SELF') {
      continue;
    }
    const account = { accountId, email, memberEmail: member?.email ?? null, memberStatus: status };
    if (verdict in lists) {
      lists[verdict as keyof typeof lists].add(account);
    }
    if (isMember(status) && emailsDiffer(email, account.memberEmail)) {
      emailDiffers.add(account);
    } else if (verdict === 'ALREADY_INVITED') {
      upToDate += 1;
    }
  }
  return {
    toCreate: toCreate.accounts(),
    toInvite: toInvite.accounts(),
    toRecreate: toRecreate.accounts(),
    emailMissing: emailMissing.accounts(),
    unexpected: listUnexpected([...unexpected.values()], limit),
    emailDiffers: emailDiffers.accounts(),
    upToDate,
  };
}

function listUnexpected(members: readonly ServiceMember[], limit: number): ReconciledAccounts {
  const list = createList(limit);
  for (const { accountId, email, serviceStatus } of members.toSorted(byAccountId)) {
    const memberStatus = memberStatusOf(serviceStatus);
    if (isMember(memberStatus)) {
      list.add({ accountId, email: null, memberEmail: email, memberStatus });
    }
  }
  return list.accounts();
}

/** AWS ignores case in addresses. Without both addresses there is nothing to compare. */
function emailsDiffer(desired: string | null, found: string | null): boolean {
  return desired !== null && found !== null && desired.toLowerCase() !== found.toLowerCase();
}

function byAccountId(a: { readonly accountId: string }, b: { readonly accountId: string }): number {
  return a.accountId < b.accountId ? -1 : 1;
}

/** A list that counts all accounts and keeps the first ones, up to the limit. */
function createList(limit: number): {
  add(account: ReconciledAccount): void;
  accounts(): ReconciledAccounts;
} {
  const accounts: ReconciledAccount[] = [];
  let totalCount = 0;
  return {
    add(account) {
      totalCount += 1;
      if (accounts.length < limit) {
        accounts.push(account);
      }
    },
    accounts: () => ({ totalCount, accounts }),
  };
}
