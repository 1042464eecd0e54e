import { z } from 'zod';
import {
  plainInput,
  type Handler,
  type ServiceDependencies,
  type SignedCall,
} from '../../calls/operation.js';
import { nextToken, pageOf, readPage } from '../../calls/pages.js';
import { invitationOperations, type Invitation } from '../../members/invitations.js';
import { invalidValues, onAccounts, readBody, unprocessedAnswer } from './input.js';

const Acceptance = z.object({
  administratorId: z.string().optional(),
  masterId: z.string().optional(),
  invitationId: z.string().optional(),
});

/** Returns the handlers of a member's operations. Those named after the master are deprecated and do the same. */
export function invitationHandlers({ state }: ServiceDependencies) {
  const invitations = ({ identity, region, at }: SignedCall) =>
    invitationOperations(state, { account: identity.account, region, service: 'guardduty' }, at);

  const accept =
    (field: 'administratorId' | 'masterId'): Handler =>
    (call) => {
      const { [field]: administrator, invitationId: invitationId } = readBody(Acceptance, call) ?? {};
      return plainInput(
        () => {
          invitations(call).accept(administrator ?? '', invitationId ?? '');
          return {};
        },
        () => {
          if (administrator === undefined || invitationId === undefined) {
            throw invalidValues();
          }
        },
      );
    };
  const administrator =
    (field: 'administrator' | 'master'): Handler =>
    (call) =>
      plainInput(() => {
        const found = invitations(call).administrator();
        return found ? { [field]: wireInvitation(found) } : {};
      });
  const resign: Handler = (call) =>
    plainInput(() => {
      invitations(call).resign();
      return {};
    });

  return {
    ListInvitations(call) {
      const page = () => readPage('guardduty', call.query, { size: 'maxResults', token: 'nextToken' });
      return plainInput(() => {
        const { items, next } = pageOf(invitations(call).list(), page());
        return { invitations: items.map(wireInvitation), nextToken: nextToken(next) };
      }, page);
    },
    GetInvitationsCount: (call) => plainInput(() => ({ invitationsCount: invitations(call).list().length })),
    AcceptAdministratorInvitation: accept('administratorId'),
    AcceptInvitation: accept('masterId'),
    DeclineInvitations: (call) =>
      onAccounts(call, (ids) => unprocessedAnswer(invitations(call).decline(ids))),
    DeleteInvitations: (call) => onAccounts(call, (ids) => unprocessedAnswer(invitations(call).remove(ids))),
    GetAdministratorAccount: administrator('administrator'),
    GetMasterAccount: administrator('master'),
    DisassociateFromAdministratorAccount: resign,
    DisassociateFromMasterAccount: resign,
  } satisfies Record<string, Handler>;
}

const wireInvitation = ({ accountId, invitationId, invitedAt, status }: Invitation) => ({
  accountId,
  invitationId,
  invitedAt,
  relationshipStatus: status,
});
