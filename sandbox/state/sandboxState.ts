import type { Member } from '../members/member.js';
import { createMemberList, type MemberList } from '../members/memberList.js';
import { createOrganizationRules, type OrganizationRules } from '../members/organizationRules.js';
import { RESULT_TEXTS } from '../members/texts.js';
import { scopeKey, type Scope, type Service } from '../scope.js';
import type { Settings } from '../settings.js';
import { createEnablement, type DetectorEntry, type Enablement, type HubEntry } from './enablement.js';
import {
  createOrganizationState,
  type OrganizationSnapshot,
  type OrganizationState,
} from './organization.js';

/** The content of the state file. A file of an earlier version lacks `hubs` and `organization`. */
export interface StateSnapshot {
  readonly detectors: readonly DetectorEntry[];
  readonly hubs?: readonly HubEntry[];
  readonly organization?: OrganizationSnapshot;
  readonly scopes: readonly {
    account: string;
    region: string;
    service: Service;
    members: readonly Member[];
  }[];
}

/** An account in the member list of an administrator. */
export interface Membership {
  readonly administrator: string;
  readonly member: Member;
}

/** Members, enabled services and the organization, of all accounts. */
export interface SandboxState {
  /** Returns the member list of a scope; an empty one at first use. */
  memberList(scope: Scope): MemberList;
  /** Returns the entries of the scope's account in the lists of all administrators of its region and service. */
  memberships(scope: Scope): Membership[];
  organizationRules(scope: Scope): OrganizationRules;
  readonly enablement: Enablement;
  readonly organization: OrganizationState;
  snapshot(): StateSnapshot;
  restore(snapshot: StateSnapshot): void;
  clear(): void;
}

/** Returns the state without members and without an organization. */
export function createSandboxState(settings: () => Settings): SandboxState {
  const scopes = new Map<string, { scope: Scope; list: MemberList }>();
  const enablement = createEnablement(settings);
  const organization = createOrganizationState();
  const organizationRules = (scope: Scope) => createOrganizationRules(scope, organization, enablement);

  const memberList = (scope: Scope): MemberList => {
    const key = scopeKey(scope);
    const known = scopes.get(key);
    if (known) {
      return known.list;
    }
    const list = createMemberList({
      scope,
      texts: RESULT_TEXTS[scope.service],
      ceilings: () => settings().ceilings[scope.service],
      organization: organizationRules(scope),
    });
    scopes.set(key, { scope, list });
    return list;
  };
  const clear = (): void => {
    scopes.clear();
    enablement.clear();
    organization.replace(null);
  };

  return {
    memberList,
    memberships: ({ account, region, service }) =>
      [...scopes.values()].flatMap(({ scope, list }) => {
        const member = scope.region === region && scope.service === service ? list.get(account) : undefined;
        return member ? [{ administrator: scope.account, member }] : [];
      }),
    organizationRules,
    enablement,
    organization,
    snapshot: () => ({
      ...enablement.changes(),
      organization: organization.snapshot(),
      scopes: [...scopes.values()].map(({ scope: { account, region, service }, list }) => ({
        account,
        region,
        service,
        members: [...list.all()],
      })),
    }),
    restore(snapshot) {
      clear();
      enablement.restore({ detectors: snapshot.detectors, hubs: snapshot.hubs ?? [] });
      organization.restore(snapshot.organization ?? { organization: null, delegations: [] });
      for (const { members, ...scope } of snapshot.scopes) {
        const list = memberList(scope);
        for (const member of members) {
          list.put(member);
        }
      }
    },
    clear,
  };
}
