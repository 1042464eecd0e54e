import type { ServiceDependencies, SignedCall } from '../calls/operation.js';
import type { ChangingOperation, Scope, Service } from '../scope.js';
import { ASSOCIATED, type FixedResult, type MemberStatus, type Unprocessed } from './member.js';
import type { MemberPage } from './memberEntries.js';
import type { MemberList, NewAccount } from './memberList.js';
import { RESULT_TEXTS } from './texts.js';

/** The administrator's operations on members that both services have. services/ adds the names on the wire. */
export interface MemberOperations {
  create(accounts: readonly NewAccount[]): Unprocessed[];
  invite(
    accountIds: readonly string[],
    invitation: { message: string | null; emailDisabled: boolean },
  ): Unprocessed[];
  disassociate(accountIds: readonly string[]): Unprocessed[];
  remove(accountIds: readonly string[]): Unprocessed[];
  monitor(accountIds: readonly string[], on: boolean): Unprocessed[];
  get(accountIds: readonly string[]): ReturnType<MemberList['find']>;
  list(page: { after: string; size: number; onlyAssociated: boolean }): MemberPage;
}

/** Returns the member operations for the caller of one call. */
export function memberOperations(
  { state, fixedResults, mail }: ServiceDependencies,
  { identity, region, at }: SignedCall,
  service: Service,
): MemberOperations {
  const scope: Scope = { account: identity.account, region, service };
  const list = state.memberList(scope);
  const fixed = (operation: ChangingOperation) => fixedResults(scope, operation);

  return {
    create: (accounts) => {
      const results = fixed('CreateMembers');
      const isMember = state.memberships(scope).some(({ member }) => ASSOCIATED.has(member.status));
      const refused: FixedResult = (accountId) =>
        results(accountId) ?? (isMember ? RESULT_TEXTS[service].otherAdministrator : undefined);
      return list.create(accounts, at, refused);
    },
    invite: (accountIds, invitation) =>
      list.invite(accountIds, at, fixed('InviteMembers'), (accountId) =>
        mail({ ...scope, accountId, ...invitation, invitedAt: at }),
      ),
    disassociate: (accountIds) => list.disassociate(accountIds, at, fixed('DisassociateMembers')),
    remove: (accountIds) => list.remove(accountIds, fixed('DeleteMembers')),
    monitor: (accountIds, on) => list.monitor(accountIds, at, on),
    get: (accountIds) => list.find(accountIds),
    list: ({ after, size, onlyAssociated }) =>
      list.page(after, size, onlyAssociated ? LISTED[service] : null),
  };
}

/** The statuses that `onlyAssociated` lists (UPSTREAMS.md, "Both services"). */
const LISTED: Readonly<Record<Service, ReadonlySet<MemberStatus>>> = {
  guardduty: ASSOCIATED,
  securityhub: new Set(['Enabled', 'Associated']),
};
