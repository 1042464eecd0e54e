import { scopeKey, type Service } from '../scope.js';

/** The states of an account in an organization (UPSTREAMS.md, "Organizations"). */
export const ACCOUNT_STATES = [
  'PENDING_ACTIVATION',
  'ACTIVE',
  'SUSPENDED',
  'PENDING_CLOSURE',
  'CLOSED',
] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

/** An account of the organization. */
export interface OrganizationAccount {
  readonly accountId: string;
  readonly email: string;
  readonly name: string;
  readonly state: AccountState;
}

/** An organization of accounts. Its management account is one of them. */
export interface Organization {
  readonly managementAccount: string;
  readonly accounts: readonly OrganizationAccount[];
}

/** Which accounts of the organization become members by themselves: all, those that join, or none. */
export const AUTO_ENABLE = ['ALL', 'NEW', 'NONE'] as const;
export type AutoEnable = (typeof AUTO_ENABLE)[number];

/** The delegated administrator of a service in a region, and its setting for the accounts of the organization. */
export interface Delegation {
  readonly service: Service;
  readonly region: string;
  readonly administrator: string;
  readonly autoEnable: AutoEnable;
}

/** The content of the state file about the organization. */
export interface OrganizationSnapshot {
  readonly organization: Organization | null;
  readonly delegations: readonly Delegation[];
}

/** The organization, if there is one, and its delegated administrators. */
export interface OrganizationState {
  get(): Organization | null;
  replace(organization: Organization | null): void;
  /** Returns an account of the organization; undefined outside it. */
  account(accountId: string): OrganizationAccount | undefined;
  delegation(service: Service, region: string): Delegation | undefined;
  delegations(): readonly Delegation[];
  setDelegation(delegation: Delegation): void;
  removeDelegation(service: Service, region: string): void;
  snapshot(): OrganizationSnapshot;
  restore(snapshot: OrganizationSnapshot): void;
}

/** Returns the state without an organization. */
export function createOrganizationState(): OrganizationState {
  let organization: Organization | null = null;
  let accounts = new Map<string, OrganizationAccount>();
  const delegations = new Map<string, Delegation>();
  const key = (service: Service, region: string) => scopeKey({ account: '', service, region });

  const replace = (next: Organization | null): void => {
    organization = next;
    accounts = new Map(next?.accounts.map((account) => [account.accountId, account]));
    if (!next) {
      delegations.clear();
    }
  };
  const setDelegation = (delegation: Delegation): void => {
    delegations.set(key(delegation.service, delegation.region), delegation);
  };

  return {
    get: () => organization,
    replace,
    account: (accountId) => accounts.get(accountId),
    delegation: (service, region) => delegations.get(key(service, region)),
    delegations: () => [...delegations.values()],
    setDelegation,
    removeDelegation: (service, region) => void delegations.delete(key(service, region)),
    snapshot: () => ({ organization, delegations: [...delegations.values()] }),
    restore(snapshot) {
      delegations.clear();
      replace(snapshot.organization);
      for (const delegation of snapshot.delegations) {
        setDelegation(delegation);
      }
    },
  };
}
