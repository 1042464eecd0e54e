import { z } from 'zod';
import { readBody } from '../../calls/body.js';
import {
  plainInput,
  type Handler,
  type ServiceDependencies,
  type SignedCall,
} from '../../calls/operation.js';
import { nextToken, readOnlyAssociated, readPage } from '../../calls/pages.js';
import { isMemberEmail } from '../../members/email.js';
import { isAssociated, type Member } from '../../members/member.js';
import { memberOperations } from '../../members/memberOperations.js';
import { badInput, OUT_OF_RANGE } from '../../wire/refusal.js';
import { checkAccountIds, onAccounts, unprocessedAnswer } from './input.js';

const AccountDetails = z.object({
  accountDetails: z.array(z.object({ accountId: z.string(), email: z.string() })),
});
const Invitation = z.object({
  message: z.string().optional(),
  disableEmailNotification: z.boolean().optional(),
});

/** Returns the handlers of the administrator's operations on members. */
export function memberHandlers(dependencies: ServiceDependencies) {
  const members = (call: SignedCall) => memberOperations(dependencies, call, 'guardduty');

  return {
    CreateMembers(call) {
      const accounts = readBody(AccountDetails, call)?.accountDetails;
      const accountIds = accounts?.map(({ accountId }) => accountId);
      return {
        accountIds: accountIds ?? [],
        check() {
          checkAccountIds('accountDetails', accountIds);
          if (!accounts?.every(({ email }) => isMemberEmail(email))) {
            throw badInput('guardduty', OUT_OF_RANGE);
          }
        },
        perform: () => unprocessedAnswer(members(call).create(accounts ?? [])),
      };
    },
    InviteMembers: (call) =>
      onAccounts(call, (ids) => {
        const { message = null, disableEmailNotification = false } = readBody(Invitation, call) ?? {};
        return unprocessedAnswer(
          members(call).invite(ids, { message, emailDisabled: disableEmailNotification }),
        );
      }),
    DisassociateMembers: (call) =>
      onAccounts(call, (ids) => unprocessedAnswer(members(call).disassociate(ids))),
    DeleteMembers: (call) => onAccounts(call, (ids) => unprocessedAnswer(members(call).remove(ids))),
    StartMonitoringMembers: (call) =>
      onAccounts(call, (ids) => unprocessedAnswer(members(call).monitor(ids, true))),
    StopMonitoringMembers: (call) =>
      onAccounts(call, (ids) => unprocessedAnswer(members(call).monitor(ids, false))),
    GetMembers: (call) =>
      onAccounts(call, (ids) => {
        const { members: found, unprocessed } = members(call).get(ids);
        const answer = unprocessedAnswer(unprocessed);
        return {
          ...answer,
          body: { members: found.map(wireMember(dependencies, call)), ...(answer.body as object) },
        };
      }),
    ListMembers(call) {
      const page = () => ({
        ...readPage('guardduty', call.query, { size: 'maxResults', token: 'nextToken' }),
        onlyAssociated: readOnlyAssociated('guardduty', call.query['onlyAssociated']),
      });
      return plainInput(() => {
        const { members: found, next } = members(call).list(page());
        return { members: found.map(wireMember(dependencies, call)), nextToken: nextToken(next) };
      }, page);
    },
  } satisfies Record<string, Handler>;
}

const wireMember =
  ({ state }: ServiceDependencies, { identity, region }: SignedCall) =>
  (member: Member) => ({
    accountId: member.accountId,
    // The administrator sees it only of associated members.
    detectorId: isAssociated(member)
      ? (state.enablement.detectorId(member.accountId, region) ?? undefined)
      : undefined,
    masterId: identity.account,
    administratorId: identity.account,
    email: member.email,
    relationshipStatus: member.status,
    invitedAt: member.invitedAt,
    updatedAt: member.updatedAt,
  });
