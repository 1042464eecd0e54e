import type { Scope } from '../scope.js';
import type { AutoEnable } from '../state/organization.js';
import type { SandboxState } from '../state/sandboxState.js';
import type { Refusal } from '../wire/refusal.js';
import { removeDelegation, setAutoEnable } from './organizationMembers.js';

/** The operations of the management account, and those of the delegated administrator, at one service in one region. */
export interface DelegationOperations {
  /** Makes an account the delegated administrator, and enables the service in it. */
  enable(administrator: string): void;
  disable(administrator: string): void;
  administrators(): string[];
  describe(): { autoEnable: AutoEnable; isFull: boolean };
  update(autoEnable: AutoEnable): void;
}

/** The service's refusals. `notPermitted` meets every account but the management account or the delegated administrator. */
export interface DelegationRefusals {
  readonly notPermitted: (scope: Scope) => Refusal;
  readonly notInOrganization: (scope: Scope) => Refusal;
  readonly otherAdministrator: (scope: Scope) => Refusal;
}

/** Returns the operations of the account in `scope`. They throw one of `refusals`. */
export function delegationOperations(
  state: SandboxState,
  scope: Scope,
  at: string,
  refusals: DelegationRefusals,
): DelegationOperations {
  const { service, region } = scope;
  const { organization, enablement } = state;
  const current = () => organization.delegation(service, region);
  const requireManagement = (): void => {
    if (organization.get()?.managementAccount !== scope.account) {
      throw refusals.notPermitted(scope);
    }
  };
  const own = () => {
    const found = current();
    if (found?.administrator !== scope.account) {
      throw refusals.notPermitted(scope);
    }
    return found;
  };

  return {
    enable(administrator) {
      requireManagement();
      if (!organization.account(administrator)) {
        throw refusals.notInOrganization(scope);
      }
      // An organization has one delegated administrator of a service, in all regions.
      const others = organization.delegations().filter((one) => one.service === service);
      if (others.some((one) => one.administrator !== administrator)) {
        throw refusals.otherAdministrator(scope);
      }
      enablement.enable({ ...scope, account: administrator }, at);
      if (!current()) {
        organization.setDelegation({ service, region, administrator, autoEnable: 'NONE' });
      }
    },
    disable(administrator) {
      requireManagement();
      const found = current();
      if (found?.administrator !== administrator) {
        throw refusals.notInOrganization(scope);
      }
      removeDelegation(state, found, at);
    },
    administrators() {
      requireManagement();
      const found = current();
      return found ? [found.administrator] : [];
    },
    describe: () => ({ autoEnable: own().autoEnable, isFull: state.memberList(scope).isFull() }),
    update: (autoEnable) => setAutoEnable(state, { ...own(), autoEnable }, at),
  };
}
