import type { Delegation, Organization } from '../state/organization.js';
import type { SandboxState } from '../state/sandboxState.js';
import { isAssociated } from './member.js';

/** Replaces the organization. Accounts that join become members where the service enables them; accounts that leave are Removed. */
export function replaceOrganization(state: SandboxState, next: Organization, at: string): void {
  const before = new Set(state.organization.get()?.accounts.map(({ accountId }) => accountId));
  state.organization.replace(next);
  const joined = next.accounts.filter(({ accountId }) => !before.delete(accountId));
  for (const delegation of state.organization.delegations()) {
    if (delegation.autoEnable !== 'NONE') {
      enroll(
        state,
        delegation,
        joined.map(({ accountId }) => accountId),
        at,
      );
    }
    release(state, delegation, before, at);
  }
}

/** Sets which accounts become members by themselves. ALL makes every account of the organization a member. */
export function setAutoEnable(state: SandboxState, delegation: Delegation, at: string): void {
  state.organization.setDelegation(delegation);
  if (delegation.autoEnable === 'ALL') {
    const accounts = state.organization.get()?.accounts ?? [];
    enroll(
      state,
      delegation,
      accounts.map(({ accountId }) => accountId),
      at,
    );
  }
}

/** Ends the delegation. The accounts of the organization are no members any more; the service stays enabled in them. */
export function removeDelegation(state: SandboxState, delegation: Delegation, at: string): void {
  const accounts = state.organization.get()?.accounts ?? [];
  release(
    state,
    delegation,
    accounts.map(({ accountId }) => accountId),
    at,
  );
  state.organization.removeDelegation(delegation.service, delegation.region);
}

const listOf = (state: SandboxState, { administrator, region, service }: Delegation) =>
  state.memberList({ account: administrator, region, service });

/** Accounts that are closed, or not yet usable, do not become members. */
function enroll(
  state: SandboxState,
  delegation: Delegation,
  accountIds: readonly string[],
  at: string,
): void {
  const active = accountIds.filter((id) => state.organization.account(id)?.state === 'ACTIVE');
  listOf(state, delegation).enroll(active, at);
}

function release(
  state: SandboxState,
  delegation: Delegation,
  accountIds: Iterable<string>,
  at: string,
): void {
  const list = listOf(state, delegation);
  for (const accountId of accountIds) {
    const member = list.get(accountId);
    if (member && isAssociated(member)) {
      list.put({ ...member, status: 'Removed', updatedAt: at });
    }
  }
}
