import type { FixedResult, Member, MemberPage, MemberStatus, Unprocessed } from './member.js';
import type { Ceilings } from '../settings.js';
import type { ResultTexts } from './texts.js';

/** The dependencies of a member list. */
export interface MemberListDependencies {
  /** The administrator of the members. */
  readonly account: string;
  readonly texts: ResultTexts;
  readonly ceilings: () => Ceilings;
}

/** The members of one administrator at one service in one region. */
export interface MemberList {
  /** Creates members, also those that were removed, resigned or deleted. */
  create(
    accounts: readonly { accountId: string; email?: string | undefined }[],
    at: string,
    fixed: FixedResult,
  ): Unprocessed[];
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
  get(accountIds: readonly string[]): { members: Member[]; unprocessed: Unprocessed[] };
  /** Returns at most `size` members with ids after `after`, of certain statuses; null: of every status. */
  list(after: string, size: number, statuses: ReadonlySet<MemberStatus> | null): MemberPage;
  all(): Iterable<Member>;
  /** Stores a member as given, in place of an existing one. */
  put(member: Member): void;
}

/** Returns an empty member list. */
export function createMemberList(dependencies: MemberListDependencies): MemberList {
  const { texts } = dependencies;
  const entries = createEntries();
  const refuse = createRefusals(dependencies, entries);

  return {
    create: (accounts, at, fixed) =>
      accounts.flatMap(({ accountId, email }) =>
        unprocessed(accountId, fixed(accountId) ?? refuse.create(accountId), () =>
          entries.put({ accountId, email, status: 'Created', updatedAt: at }),
        ),
      ),
    invite: (accountIds, at, fixed, onInvited) =>
      accountIds.flatMap((accountId) =>
        unprocessed(accountId, fixed(accountId) ?? refuse.invite(accountId), () => {
          const member = entries.get(accountId);
          entries.put({ ...member, accountId, status: 'Invited', invitedAt: at, updatedAt: at });
          onInvited(accountId);
        }),
      ),
    disassociate: (accountIds, at, fixed) =>
      accountIds.flatMap((accountId) => {
        const member = entries.get(accountId);
        const result =
          fixed(accountId) ?? (isInvitedOrAssociated(member) ? undefined : texts.notYetAssociated);
        return unprocessed(accountId, result, () => {
          if (member) {
            entries.put({ ...member, status: 'Removed', updatedAt: at });
          }
        });
      }),
    remove: (accountIds, fixed) =>
      accountIds.flatMap((accountId) =>
        unprocessed(accountId, fixed(accountId) ?? refuse.remove(accountId), () => entries.delete(accountId)),
      ),
    get(accountIds) {
      const found = [...new Set(accountIds)].map(
        (accountId) => entries.get(accountId) ?? { accountId, result: texts.notAMember },
      );
      return {
        members: found.filter((one): one is Member => 'status' in one),
        unprocessed: found.filter((one): one is Unprocessed => 'result' in one),
      };
    },
    list: (after, size, statuses) => listPage(entries, after, size, statuses),
    all: entries.all,
    put: entries.put,
  };
}

/** Applies a change to an account without a result text. Returns the account with its text otherwise. */
function unprocessed(accountId: string, result: string | undefined, change: () => void): Unprocessed[] {
  if (result !== undefined) {
    return [{ accountId, result }];
  }
  change();
  return [];
}

/** The members by account id, and the number of invited ones. */
interface Entries {
  readonly get: (accountId: string) => Member | undefined;
  readonly put: (member: Member) => void;
  readonly delete: (accountId: string) => void;
  readonly all: () => Iterable<Member>;
  readonly count: () => number;
  readonly invitedCount: () => number;
  readonly sortedIds: () => readonly string[];
}

function createEntries(): Entries {
  const members = new Map<string, Member>();
  let invited = 0;
  let sortedIds: readonly string[] | undefined;

  return {
    get: (accountId) => members.get(accountId),
    put(member) {
      const before = members.get(member.accountId);
      if (!before) {
        sortedIds = undefined;
      }
      invited += Number(member.status === 'Invited') - Number(before?.status === 'Invited');
      members.set(member.accountId, member);
    },
    delete(accountId) {
      invited -= Number(members.get(accountId)?.status === 'Invited');
      sortedIds = members.delete(accountId) ? undefined : sortedIds;
    },
    all: () => members.values(),
    count: () => members.size,
    invitedCount: () => invited,
    sortedIds: () => (sortedIds ??= [...members.keys()].sort()),
  };
}

/** Returns the functions that give the service's reason to leave an account unprocessed, or undefined. */
function createRefusals({ account, texts, ceilings }: MemberListDependencies, entries: Entries) {
  return {
    create(accountId: string): string | undefined {
      const member = entries.get(accountId);
      if (accountId === account) {
        return texts.memberOfItself;
      }
      if (member) {
        return FORMER.has(member.status) ? undefined : texts.alreadyMember;
      }
      return isReached(ceilings().members, entries.count()) ? texts.memberLimit : undefined;
    },
    invite(accountId: string): string | undefined {
      const member = entries.get(accountId);
      if (accountId === account) {
        return texts.invitesItself;
      }
      if (!member) {
        return texts.notAMember;
      }
      if (isInvitedOrAssociated(member)) {
        return texts.alreadyInvited;
      }
      return isReached(ceilings().invitations, entries.invitedCount()) ? texts.invitationLimit : undefined;
    },
    remove(accountId: string): string | undefined {
      const member = entries.get(accountId);
      if (!member) {
        return texts.notAMember;
      }
      return ASSOCIATED.has(member.status) ? texts.stillAssociated : undefined;
    },
  };
}

function listPage(
  entries: Entries,
  after: string,
  size: number,
  statuses: ReadonlySet<MemberStatus> | null,
): MemberPage {
  const ids = entries.sortedIds();
  const page: Member[] = [];
  for (let i = firstAfter(ids, after); i < ids.length; i++) {
    const member = entries.get(ids[i] ?? '');
    if (!member || statuses?.has(member.status) === false) {
      continue;
    }
    if (page.length === size) {
      return { members: page, next: page.at(-1)?.accountId };
    }
    page.push(member);
  }
  return { members: page, next: undefined };
}

/** The statuses of members that are associated. */
export const ASSOCIATED: ReadonlySet<MemberStatus> = new Set([
  'Enabled',
  'Disabled',
  'AccountSuspended',
  'Associated',
]);

const FORMER: ReadonlySet<MemberStatus> = new Set(['Removed', 'Resigned', 'Deleted']);

const isInvitedOrAssociated = (member: Member | undefined): boolean =>
  member !== undefined && (member.status === 'Invited' || ASSOCIATED.has(member.status));

const isReached = (ceiling: number | null, count: number): boolean => ceiling !== null && count >= ceiling;

/** Returns the index of the first id greater than `id` in sorted ids, by binary search. */
function firstAfter(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] ?? '') > id) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
