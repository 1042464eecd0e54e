import type { Scope } from '../scope.js';
import type { Ceilings } from '../settings.js';
import { isAssociated, isInvitedOrAssociated, type Member, type MemberStatus } from './member.js';
import type { MemberEntries } from './memberEntries.js';
import type { OrganizationRules } from './organizationRules.js';
import type { ResultTexts } from './texts.js';

/** What decides about the changes of one member list, besides its entries. */
export interface MemberListRules {
  /** The administrator of the members, the region and the service. */
  readonly scope: Scope;
  readonly texts: ResultTexts;
  readonly ceilings: () => Ceilings;
  readonly organization: OrganizationRules;
}

/** Functions that return the service's reason to leave an account unprocessed, or undefined. */
export interface MemberRefusals {
  create(accountId: string): string | undefined;
  invite(accountId: string): string | undefined;
  disassociate(accountId: string): string | undefined;
  remove(accountId: string): string | undefined;
  /** The reason not to start or stop the monitoring of a member. */
  monitor(accountId: string, on: boolean): string | undefined;
  /** Returns whether the list has its maximum of members. */
  isFull(): boolean;
}

/** Returns the refusals of one member list. */
export function createMemberRefusals(rules: MemberListRules, entries: MemberEntries): MemberRefusals {
  const { scope, texts, ceilings, organization } = rules;
  const isKept = (accountId: string) => organization.keepsMembers() && organization.manages(accountId);
  const hasMaxInvitations = () => entries.invitedCount() >= (ceilings().invitations ?? Infinity);
  const isFull = () => entries.count() >= (ceilings().members ?? Infinity);

  return {
    create(accountId) {
      if (accountId === scope.account) {
        return texts.memberOfItself;
      }
      const member = entries.get(accountId);
      if (member) {
        return blocksCreation(rules, accountId, member.status) ? texts.alreadyMember : undefined;
      }
      if (organization.manages(accountId) && organization.mustEnableFirst(accountId)) {
        return texts.organizationAdministratorNotEnabled;
      }
      return isFull() ? texts.memberLimit : undefined;
    },
    invite(accountId) {
      const member = entries.get(accountId);
      if (accountId === scope.account) {
        return texts.invitesItself;
      }
      if (!member) {
        return texts.notAMember;
      }
      if (isInvitedOrAssociated(member)) {
        return texts.alreadyInvited;
      }
      if (organization.manages(accountId)) {
        return texts.organizationAccount;
      }
      return hasMaxInvitations() ? texts.invitationLimit : undefined;
    },
    disassociate(accountId) {
      if (!isInvitedOrAssociated(entries.get(accountId))) {
        return texts.notYetAssociated;
      }
      return isKept(accountId) ? texts.autoEnabled : undefined;
    },
    remove: (accountId) => refuseRemoval(rules, entries.get(accountId), accountId),
    monitor(accountId, on) {
      if (!isAssociated(entries.get(accountId))) {
        return texts.notAMember;
      }
      return !on && isKept(accountId) ? texts.autoEnabled : undefined;
    },
    isFull,
  };
}

const FORMER: ReadonlySet<MemberStatus> = new Set(['Removed', 'Resigned', 'Deleted']);

/**
 * Returns whether a member that is there cannot be created. For accounts of the organization, GuardDuty applies the settings of
 * the organization again, and Security Hub refuses those that are associated.
 */
function blocksCreation(
  { scope, organization }: MemberListRules,
  accountId: string,
  status: MemberStatus,
): boolean {
  if (organization.manages(accountId)) {
    return scope.service === 'securityhub' && isAssociated({ status });
  }
  return !FORMER.has(status);
}

function refuseRemoval(
  { scope, texts, organization }: MemberListRules,
  member: Member | undefined,
  accountId: string,
): string | undefined {
  if (!member) {
    return texts.notAMember;
  }
  if (organization.manages(accountId)) {
    if (organization.keepsMembers()) {
      return texts.autoEnabled;
    }
    if (scope.service === 'securityhub') {
      return texts.organizationAccount;
    }
  }
  return isAssociated(member) ? texts.stillAssociated : undefined;
}
