import { z } from 'zod';
import { readBody } from '../calls/body.js';
import {
  plainInput,
  type Answer,
  type Handler,
  type Input,
  type ServiceDependencies,
  type SignedCall,
} from '../calls/operation.js';
import { nextToken, pageOf, readPage } from '../calls/pages.js';
import { invitationOperations, type Invitation } from '../members/invitations.js';
import type { Unprocessed } from '../members/member.js';
import type { Service } from '../scope.js';
import type { Refusal } from '../wire/refusal.js';

/** How a service writes the operations of a member. */
export interface MemberSideNames {
  readonly service: Service;
  /** Returns a name of GuardDuty in the spelling of the service. */
  readonly spell: (name: string) => string;
  /** The field of an invitation with the status of the member. */
  readonly status: string;
  /** Returns the refusal of an input without the field. */
  readonly missing: (field: string) => Refusal;
  /** Returns the input of an operation on the account ids of a call. */
  readonly onAccounts: (call: SignedCall, perform: (accountIds: readonly string[]) => Answer) => Input;
  readonly unprocessedAnswer: (unprocessed: readonly Unprocessed[]) => Answer;
}

/** Returns the handlers of a member's operations. Those named after the master are deprecated and do the same. */
export function memberSideHandlers({ state }: ServiceDependencies, names: MemberSideNames) {
  const { service, spell, onAccounts, unprocessedAnswer } = names;
  const invitations = ({ identity, region, at }: SignedCall) =>
    invitationOperations(state, { account: identity.account, region, service }, at);
  const wireInvitation = ({ accountId, invitationId, invitedAt, status }: Invitation) => ({
    [spell('accountId')]: accountId,
    [spell('invitationId')]: invitationId,
    [spell('invitedAt')]: invitedAt,
    [names.status]: status,
  });
  const administrator =
    (field: 'administrator' | 'master'): Handler =>
    (call) =>
      plainInput(() => {
        const found = invitations(call).administrator();
        return found ? { [spell(field)]: wireInvitation(found) } : {};
      });
  const resign: Handler = (call) =>
    plainInput(() => {
      invitations(call).resign();
      return {};
    });

  return {
    ListInvitations(call) {
      const page = () =>
        readPage(service, call.query, { size: spell('maxResults'), token: spell('nextToken') });
      return plainInput(() => {
        const { items, next } = pageOf(invitations(call).list(), page());
        return {
          [spell('invitations')]: items.map(wireInvitation),
          [spell('nextToken')]: nextToken(next),
        };
      }, page);
    },
    GetInvitationsCount: (call) =>
      plainInput(() => ({ [spell('invitationsCount')]: invitations(call).list().length })),
    AcceptAdministratorInvitation: (call) => accept(names, call, 'administratorId', invitations(call)),
    AcceptInvitation: (call) => accept(names, call, 'masterId', invitations(call)),
    DeclineInvitations: (call) =>
      onAccounts(call, (ids) => unprocessedAnswer(invitations(call).decline(ids))),
    DeleteInvitations: (call) => onAccounts(call, (ids) => unprocessedAnswer(invitations(call).remove(ids))),
    GetAdministratorAccount: administrator('administrator'),
    GetMasterAccount: administrator('master'),
    DisassociateFromAdministratorAccount: resign,
    DisassociateFromMasterAccount: resign,
  } satisfies Record<string, Handler>;
}

/** Returns the input of an acceptance of the invitation of the account in `field`. */
function accept(
  { spell, missing }: MemberSideNames,
  call: SignedCall,
  field: 'administratorId' | 'masterId',
  invitations: Pick<ReturnType<typeof invitationOperations>, 'accept'>,
): Input {
  const fields = [spell(field), spell('invitationId')] as const;
  const body = readBody(z.record(z.string(), z.unknown()), call) ?? {};
  const [administrator, invitation] = fields.map((name) => z.string().safeParse(body[name]).data);
  return plainInput(
    () => {
      invitations.accept(administrator ?? '', invitation ?? '');
      return {};
    },
    () => {
      if (administrator === undefined || invitation === undefined) {
        throw missing(administrator === undefined ? fields[0] : fields[1]);
      }
    },
  );
}
