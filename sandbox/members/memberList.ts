import { isAssociated, type FixedResult, type Member, type Unprocessed } from './member.js';
import { createMemberEntries, type MemberEntries } from './memberEntries.js';
import { createMemberRefusals, type MemberListRules } from './memberRefusals.js';
import type { OrganizationRules } from './organizationRules.js';

/** An account to create as a member. */
export interface NewAccount {
  readonly accountId: string;
  readonly email?: string | undefined;
}

/** The members of one administrator at one service in one region. */
export interface MemberList extends Pick<MemberEntries, 'get' | 'put' | 'delete' | 'all' | 'page'> {
  /** Creates members, also those that were removed, resigned or deleted. Accounts of the organization are Enabled at once. */
  create(accounts: readonly NewAccount[], at: string, fixed: FixedResult): Unprocessed[];
  /** Invites members that are neither invited nor associated. Calls `onInvited` for each invitation. */
  invite(
    accountIds: readonly string[],
    at: string,
    fixed: FixedResult,
    onInvited: (accountId: string) => void,
  ): Unprocessed[];
  /** Removes associated members, and invited ones. */
  disassociate(accountIds: readonly string[], at: string, fixed: FixedResult): Unprocessed[];
  /** Deletes the entries of members that are not associated. */
  remove(accountIds: readonly string[], fixed: FixedResult): Unprocessed[];
  /** Starts or stops GuardDuty's monitoring of associated members. */
  monitor(accountIds: readonly string[], at: string, on: boolean): Unprocessed[];
  /** Makes accounts of the organization members, unless they are. */
  enroll(accountIds: readonly string[], at: string): void;
  /** Returns whether the list has its maximum of members. */
  isFull(): boolean;
  find(accountIds: readonly string[]): { members: Member[]; unprocessed: Unprocessed[] };
}

/** Returns an empty member list. */
export function createMemberList(rules: MemberListRules): MemberList {
  const { texts, organization } = rules;
  const entries = createMemberEntries();
  const refuse = createMemberRefusals(rules, entries);

  return {
    ...entries,
    create: (accounts, at, fixed) =>
      accounts.flatMap((account) =>
        unprocessed(account.accountId, fixed(account.accountId) ?? refuse.create(account.accountId), () =>
          entries.put(newMember(organization, entries, account, at)),
        ),
      ),
    invite: (accountIds, at, fixed, onInvited) =>
      accountIds.flatMap((accountId) =>
        unprocessed(accountId, fixed(accountId) ?? refuse.invite(accountId), () => {
          const email = entries.get(accountId)?.email;
          entries.put({ accountId, email, status: 'Invited', invitedAt: at, updatedAt: at });
          onInvited(accountId);
        }),
      ),
    disassociate: (accountIds, at, fixed) =>
      accountIds.flatMap((accountId) =>
        unprocessed(accountId, fixed(accountId) ?? refuse.disassociate(accountId), () =>
          change(entries, accountId, { status: 'Removed', updatedAt: at }),
        ),
      ),
    remove: (accountIds, fixed) =>
      accountIds.flatMap((accountId) =>
        unprocessed(accountId, fixed(accountId) ?? refuse.remove(accountId), () => entries.delete(accountId)),
      ),
    monitor: (accountIds, at, on) =>
      accountIds.flatMap((accountId) =>
        unprocessed(accountId, refuse.monitor(accountId, on), () =>
          change(entries, accountId, { status: on ? 'Enabled' : 'Disabled', updatedAt: at }),
        ),
      ),
    enroll(accountIds, at) {
      for (const accountId of accountIds) {
        if (!isAssociated(entries.get(accountId)) && refuse.create(accountId) === undefined) {
          entries.put(organization.newMember(accountId, at));
        }
      }
    },
    isFull: refuse.isFull,
    find: (accountIds) => findMembers(entries, accountIds, texts.notAMember),
  };
}

/** Returns the entry of a created account. An associated account of the organization keeps its own, with a new date. */
function newMember(
  organization: OrganizationRules,
  entries: MemberEntries,
  { accountId, email }: NewAccount,
  at: string,
): Member {
  if (!organization.manages(accountId)) {
    return { accountId, email, status: 'Created', updatedAt: at };
  }
  const member = entries.get(accountId);
  return member && isAssociated(member)
    ? { ...member, updatedAt: at }
    : organization.newMember(accountId, at);
}

function findMembers(
  entries: MemberEntries,
  accountIds: readonly string[],
  notFound: string,
): { members: Member[]; unprocessed: Unprocessed[] } {
  const found = [...new Set(accountIds)].map(
    (accountId) => entries.get(accountId) ?? { accountId, result: notFound },
  );
  return {
    members: found.filter((one): one is Member => 'status' in one),
    unprocessed: found.filter((one): one is Unprocessed => 'result' in one),
  };
}

/** Applies a change to an account without a result text. Returns the account with its text otherwise. */
function unprocessed(accountId: string, result: string | undefined, apply: () => void): Unprocessed[] {
  if (result !== undefined) {
    return [{ accountId, result }];
  }
  apply();
  return [];
}

function change(
  entries: MemberEntries,
  accountId: string,
  changes: Pick<Member, 'status' | 'updatedAt'>,
): void {
  const member = entries.get(accountId);
  if (member) {
    entries.put({ ...member, ...changes });
  }
}
