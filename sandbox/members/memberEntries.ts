import type { Member, MemberStatus } from './member.js';

/** The members of one list by account id. */
export interface MemberEntries {
  readonly get: (accountId: string) => Member | undefined;
  /** Stores a member as given, in place of an existing one. */
  readonly put: (member: Member) => void;
  readonly delete: (accountId: string) => void;
  readonly all: () => Iterable<Member>;
  readonly count: () => number;
  readonly invitedCount: () => number;
  /** Returns at most `size` members with ids after `after`, of certain statuses; null: of every status. */
  readonly page: (after: string, size: number, statuses: ReadonlySet<MemberStatus> | null) => MemberPage;
}

/** A page of members, ordered by account id. */
export interface MemberPage {
  readonly members: readonly Member[];
  /** The last account id of this page; undefined on the last page. */
  readonly next: string | undefined;
}

/** Returns the entries without a member. */
export function createMemberEntries(): MemberEntries {
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
    page(after, size, statuses) {
      const ids = (sortedIds ??= [...members.keys()].sort());
      const page: Member[] = [];
      for (let i = firstAfter(ids, after); i < ids.length; i++) {
        const member = members.get(ids[i] ?? '');
        if (!member || statuses?.has(member.status) === false) {
          continue;
        }
        if (page.length === size) {
          return { members: page, next: page.at(-1)?.accountId };
        }
        page.push(member);
      }
      return { members: page, next: undefined };
    },
  };
}

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
