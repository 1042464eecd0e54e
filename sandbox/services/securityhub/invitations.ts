import { z } from 'zod';
import {
  plainInput,
  type Handler,
  type Input,
  type ServiceDependencies,
  type SignedCall,
} from '../../calls/operation.js';
import { nextToken, pageOf, readPage } from '../../calls/pages.js';
import { invitationOperations, type Invitation } from '../../members/invitations.js';
import {
  batchInput,
  invalidParameter,
  readAccountIds,
  readBody,
  unprocessedAnswer,
  type PerformBatch,
} from './input.js';

const Acceptance = z.object({
  AdministratorId: z.string().optional(),
  MasterId: z.string().optional(),
  InvitationId: z.string().optional(),
});

/** Returns the handlers of a member's operations. Those named after the master are deprecated and do the same. */
export function invitationHandlers({ state }: ServiceDependencies) {
  const invitations = ({ identity, region, at }: SignedCall) =>
    invitationOperations(state, { account: identity.account, region, service: 'securityhub' }, at);
  const onAccounts = (call: SignedCall, perform: PerformBatch): Input =>
    batchInput(
      { field: 'AccountIds', accountIds: readAccountIds(call), refusesAboveLimit: () => true },
      perform,
    );

  const accept =
    (field: 'AdministratorId' | 'MasterId'): Handler =>
    (call) => {
      const { [field]: administrator, InvitationId: invitationId } = readBody(Acceptance, call) ?? {};
      return plainInput(
        () => {
          invitations(call).accept(administrator ?? '', invitationId ?? '');
          return {};
        },
        () => {
          if (administrator === undefined || invitationId === undefined) {
            throw invalidParameter(administrator === undefined ? field : 'InvitationId');
          }
        },
      );
    };
  const administrator =
    (field: 'Administrator' | 'Master'): Handler =>
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
      const page = () => readPage('securityhub', call.query, { size: 'MaxResults', token: 'NextToken' });
      return plainInput(() => {
        const { items, next } = pageOf(invitations(call).list(), page());
        return { Invitations: items.map(wireInvitation), NextToken: nextToken(next) };
      }, page);
    },
    GetInvitationsCount: (call) => plainInput(() => ({ InvitationsCount: invitations(call).list().length })),
    AcceptAdministratorInvitation: accept('AdministratorId'),
    AcceptInvitation: accept('MasterId'),
    DeclineInvitations: (call) =>
      onAccounts(call, (ids) => unprocessedAnswer(invitations(call).decline(ids))),
    DeleteInvitations: (call) => onAccounts(call, (ids) => unprocessedAnswer(invitations(call).remove(ids))),
    GetAdministratorAccount: administrator('Administrator'),
    GetMasterAccount: administrator('Master'),
    DisassociateFromAdministratorAccount: resign,
    DisassociateFromMasterAccount: resign,
  } satisfies Record<string, Handler>;
}

const wireInvitation = ({ accountId, invitationId, invitedAt, status }: Invitation) => ({
  AccountId: accountId,
  InvitationId: invitationId,
  InvitedAt: invitedAt,
  MemberStatus: status,
});
