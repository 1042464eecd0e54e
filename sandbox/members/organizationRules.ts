import type { Scope } from '../scope.js';
import type { Enablement } from '../state/enablement.js';
import type { OrganizationState } from '../state/organization.js';
import type { Member } from './member.js';

/** What the organization decides about one member list. */
export interface OrganizationRules {
  /** Returns whether an account of the list is of the organization, and the list is its delegated administrator's. */
  manages(accountId: string): boolean;
  /** Returns whether every account of the organization has to stay a member: GuardDuty with auto-enable ALL. */
  keepsMembers(): boolean;
  /** Returns whether the account has to enable the service before it can become a member: the management account. */
  mustEnableFirst(accountId: string): boolean;
  /** Returns the member that an account of the organization becomes, and enables the service in it. */
  newMember(accountId: string, at: string): Member;
}

/** Returns the rules for the member list of a scope. */
export function createOrganizationRules(
  scope: Scope,
  organization: OrganizationState,
  enablement: Pick<Enablement, 'enable' | 'isEnabled'>,
): OrganizationRules {
  const { account, region, service } = scope;
  const delegation = () => {
    const found = organization.delegation(service, region);
    return found?.administrator === account ? found : undefined;
  };

  return {
    manages: (accountId) => delegation() !== undefined && organization.account(accountId) !== undefined,
    keepsMembers: () => service === 'guardduty' && delegation()?.autoEnable === 'ALL',
    mustEnableFirst: (accountId) =>
      accountId === organization.get()?.managementAccount &&
      !enablement.isEnabled({ account: accountId, region, service }),
    newMember(accountId, at) {
      if (service === 'securityhub' && organization.account(accountId)?.state === 'SUSPENDED') {
        return { accountId, status: 'AccountSuspended', updatedAt: at };
      }
      enablement.enable({ account: accountId, region, service }, at);
      return { accountId, status: 'Enabled', updatedAt: at };
    },
  };
}
