import { createHash } from 'node:crypto';
import { scopeKey, type Scope } from '../scope.js';
import type { Membership, SandboxState } from '../state/sandboxState.js';
import { badInput } from '../wire/refusal.js';
import { isAssociated, isInvitedOrAssociated, type MemberStatus, type Unprocessed } from './member.js';
import { INVITATION_TEXTS } from './texts.js';

/** An invitation as the invited account sees it, or the association that came of it. */
export interface Invitation {
  /** The inviting account. */
  readonly accountId: string;
  /** Undefined for an association through the organization, like `invitedAt`. */
  readonly invitationId: string | undefined;
  readonly invitedAt: string | undefined;
  readonly status: MemberStatus;
}

/** The operations of a member, or of an account that is invited. They throw a Refusal with the service's exception. */
export interface InvitationOperations {
  /** Returns the invitations that are not accepted and not deleted, by inviting account. */
  list(): Invitation[];
  accept(administrator: string, invitationId: string): void;
  decline(administrators: readonly string[]): Unprocessed[];
  /** Deletes declined invitations. */
  remove(administrators: readonly string[]): Unprocessed[];
  /** Returns the association with an administrator; undefined without one. */
  administrator(): Invitation | undefined;
  /** Ends the association with the administrator. */
  resign(): void;
}

/** Returns the operations of the account in `scope`. */
export function invitationOperations(state: SandboxState, scope: Scope, at: string): InvitationOperations {
  const change = ({ administrator, member }: Membership, status: MemberStatus, declined: boolean): void =>
    state
      .memberList({ ...scope, account: administrator })
      .put({ ...member, status, updatedAt: at, declined: declined || undefined });

  return {
    list: () =>
      state
        .memberships(scope)
        .filter(({ member }) => member.status === 'Invited' || member.declined === true)
        .map((membership) => invitationOf(scope, membership))
        .sort((a, b) => (a.accountId < b.accountId ? -1 : 1)),
    accept: (administrator, invitationId) =>
      change(acceptable(state, scope, administrator, invitationId), 'Enabled', false),
    decline: (administrators) =>
      administrators.flatMap((administrator): Unprocessed[] => {
        const invited = find(state, scope, administrator);
        if (invited?.member.status !== 'Invited') {
          return [{ accountId: administrator, result: INVITATION_TEXTS.notInvited }];
        }
        change(invited, 'Resigned', true);
        return [];
      }),
    remove: (administrators) =>
      administrators.flatMap((administrator): Unprocessed[] => {
        const declined = find(state, scope, administrator);
        if (declined?.member.declined !== true) {
          const isOpen = isInvitedOrAssociated(declined?.member);
          const result = isOpen ? INVITATION_TEXTS.notDeclined : INVITATION_TEXTS.notInvited;
          return [{ accountId: administrator, result }];
        }
        change(declined, 'Resigned', false);
        return [];
      }),
    administrator() {
      const found = association(state, scope);
      return found && invitationOf(scope, found);
    },
    resign() {
      const found = association(state, scope);
      if (!found) {
        throw badInput(scope.service, INVITATION_TEXTS.notAssociated);
      }
      const rules = state.organizationRules({ ...scope, account: found.administrator });
      if (rules.manages(scope.account) && (scope.service === 'securityhub' || rules.keepsMembers())) {
        throw badInput(scope.service, INVITATION_TEXTS.managed);
      }
      change(found, 'Resigned', false);
    },
  };
}

const find = (state: SandboxState, scope: Scope, administrator: string): Membership | undefined =>
  state.memberships(scope).find((one) => one.administrator === administrator);

const association = (state: SandboxState, scope: Scope): Membership | undefined =>
  state.memberships(scope).find(({ member }) => isAssociated(member));

/** Returns the invitation to accept. Throws a Refusal if the account cannot accept it. */
function acceptable(
  state: SandboxState,
  scope: Scope,
  administrator: string,
  invitationId: string,
): Membership {
  const invited = find(state, scope, administrator);
  const refuse = (text: keyof typeof INVITATION_TEXTS) => badInput(scope.service, INVITATION_TEXTS[text]);
  if (
    [...state.memberList(scope).all()].some((one) => one.status === 'Created' || isInvitedOrAssociated(one))
  ) {
    throw refuse('hasMembers');
  }
  if (association(state, scope)) {
    throw refuse('isMember');
  }
  if (invited?.member.status !== 'Invited' || invitationOf(scope, invited).invitationId !== invitationId) {
    throw refuse('notInvited');
  }
  if (association(state, { ...scope, account: administrator })) {
    throw refuse('administratorIsMember');
  }
  return invited;
}

const invitationOf = (scope: Scope, { administrator, member }: Membership): Invitation => ({
  accountId: administrator,
  invitationId:
    member.invitedAt &&
    createHash('sha256')
      .update(`${scopeKey(scope)}/${administrator}/${member.invitedAt}`)
      .digest('hex')
      .slice(0, 32),
  invitedAt: member.invitedAt,
  status: member.status,
});
