import type { Member, MemberPage, MemberStatus, Screen, Unprocessed } from './member.js';
import type { Ceilings } from './settings.js';
import type { ResultTexts } from './texts.js';

/** What a register has to know of its surroundings. */
export interface RegisterRules {
  /** The account whose members these are. */
  readonly account: string;
  readonly texts: ResultTexts;
  readonly ceilings: () => Ceilings;
}

/** The members of one account in one region at one service, and the life they lead. */
export interface MemberRegister {
  /** Creates members. One that was removed or has resigned is created anew. */
  create(
    accounts: readonly { accountId: string; email?: string | undefined }[],
    at: string,
    screen: Screen,
  ): Unprocessed[];
  /** Invites members whose details are known and who are not invited or enabled. `taken` hears of every invitation. */
  invite(
    accountIds: readonly string[],
    at: string,
    screen: Screen,
    taken: (accountId: string) => void,
  ): Unprocessed[];
  /** Ends the association of members that are enabled, or withdraws their invitation. */
  disassociate(accountIds: readonly string[], at: string, screen: Screen): Unprocessed[];
  /** Forgets members that are not associated. */
  remove(accountIds: readonly string[], screen: Screen): Unprocessed[];
  get(accountIds: readonly string[]): { members: Member[]; unprocessed: Unprocessed[] };
  /** At most `size` members after the account id `after`; associated ones only, if asked. */
  list(after: string, size: number, onlyAssociated: boolean): MemberPage;
  all(): Iterable<Member>;
  /** Puts a member in as it is, over one that may be there. */
  put(member: Member): void;
}

export function createMemberRegister({ account, texts, ceilings }: RegisterRules): MemberRegister {
  const members = new Map<string, Member>();
  let invited = 0;
  let sortedIds: readonly string[] | undefined;

  const put = (member: Member): void => {
    const before = members.get(member.accountId);
    if (!before) {
      sortedIds = undefined;
    }
    invited += Number(member.status === 'Invited') - Number(before?.status === 'Invited');
    members.set(member.accountId, member);
  };
  const forget = (member: Member): void => {
    sortedIds = undefined;
    invited -= Number(member.status === 'Invited');
    members.delete(member.accountId);
  };

  const refuseCreation = (accountId: string): string | undefined => {
    const member = members.get(accountId);
    if (accountId === account) {
      return texts.memberOfItself;
    }
    if (member) {
      return GONE.has(member.status) ? undefined : texts.alreadyMember;
    }
    return reached(ceilings().members, members.size) ? texts.memberLimit : undefined;
  };
  const refuseInvitation = (accountId: string): string | undefined => {
    const member = members.get(accountId);
    if (accountId === account) {
      return texts.invitesItself;
    }
    if (!member) {
      return texts.notAMember;
    }
    if (member.status === 'Invited' || ASSOCIATED.has(member.status)) {
      return texts.alreadyInvited;
    }
    return reached(ceilings().invitations, invited) ? texts.invitationLimit : undefined;
  };

  return {
    create: (accounts, at, screen) =>
      accounts.flatMap(({ accountId, email }) => {
        const result = screen(accountId) ?? refuseCreation(accountId);
        if (result !== undefined) {
          return [{ accountId, result }];
        }
        put({ accountId, email, status: 'Created', updatedAt: at });
        return [];
      }),
    invite: (accountIds, at, screen, taken) =>
      accountIds.flatMap((accountId) => {
        const result = screen(accountId) ?? refuseInvitation(accountId);
        if (result !== undefined) {
          return [{ accountId, result }];
        }
        put({ ...members.get(accountId), accountId, status: 'Invited', invitedAt: at, updatedAt: at });
        taken(accountId);
        return [];
      }),
    disassociate: (accountIds, at, screen) =>
      accountIds.flatMap((accountId) => {
        const member = members.get(accountId);
        const result = screen(accountId);
        if (result !== undefined) {
          return [{ accountId, result }];
        }
        if (!member || !(member.status === 'Invited' || ASSOCIATED.has(member.status))) {
          return [{ accountId, result: texts.notYetAssociated }];
        }
        put({ ...member, status: 'Removed', updatedAt: at });
        return [];
      }),
    remove: (accountIds, screen) =>
      accountIds.flatMap((accountId) => {
        const member = members.get(accountId);
        const result =
          screen(accountId) ??
          (!member ? texts.notAMember : ASSOCIATED.has(member.status) ? texts.stillAssociated : undefined);
        if (result !== undefined) {
          return [{ accountId, result }];
        }
        if (member) {
          forget(member);
        }
        return [];
      }),
    get(accountIds) {
      const found = [...new Set(accountIds)].map(
        (accountId) => members.get(accountId) ?? { accountId, result: texts.notAMember },
      );
      return {
        members: found.filter((one): one is Member => 'status' in one),
        unprocessed: found.filter((one): one is Unprocessed => 'result' in one),
      };
    },
    list(after, size, onlyAssociated) {
      sortedIds ??= [...members.keys()].sort();
      const page: Member[] = [];
      for (let i = firstAbove(sortedIds, after); i < sortedIds.length; i++) {
        const member = members.get(sortedIds[i] ?? '');
        if (!member || (onlyAssociated && !ASSOCIATED.has(member.status))) {
          continue;
        }
        if (page.length === size) {
          return { members: page, next: page.at(-1)?.accountId };
        }
        page.push(member);
      }
      return { members: page, next: undefined };
    },
    all: () => members.values(),
    put,
  };
}

/** The statuses that `onlyAssociated` lets through; see UPSTREAMS.md, "Both", for those it hides. */
const ASSOCIATED: ReadonlySet<MemberStatus> = new Set([
  'Enabled',
  'Disabled',
  'AccountSuspended',
  'Associated',
]);

const GONE: ReadonlySet<MemberStatus> = new Set(['Removed', 'Resigned', 'Deleted']);

const reached = (ceiling: number | null, count: number): boolean => ceiling !== null && count >= ceiling;

/** The index of the first id greater than `id`, by halving: ids are sorted. */
function firstAbove(ids: readonly string[], id: string): number {
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
