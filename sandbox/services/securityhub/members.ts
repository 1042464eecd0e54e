import { z } from 'zod';
import { readBody } from '../../calls/body.js';
import {
  plainInput,
  type Handler,
  type Input,
  type ServiceDependencies,
  type SignedCall,
} from '../../calls/operation.js';
import { nextToken, readOnlyAssociated, readPage } from '../../calls/pages.js';
import type { Member } from '../../members/member.js';
import { memberOperations } from '../../members/memberOperations.js';
import {
  batchInput,
  invalidParameter,
  readAccountIds,
  unprocessedAnswer,
  type PerformBatch,
} from './input.js';

const AccountDetails = z.object({
  AccountDetails: z.array(z.object({ AccountId: z.string(), Email: z.string().optional() })),
});

/** Returns the handlers of the administrator's operations on members. */
export function memberHandlers(dependencies: ServiceDependencies) {
  const members = (call: SignedCall) => memberOperations(dependencies, call, 'securityhub');
  const refusesAboveLimit = () => dependencies.settings().securityHubAboveLimit === 'refuse';
  const onAccounts = (call: SignedCall, perform: PerformBatch): Input =>
    batchInput({ field: 'AccountIds', accountIds: readAccountIds(call), refusesAboveLimit }, perform);

  return {
    CreateMembers(call) {
      const accounts = readBody(AccountDetails, call)?.AccountDetails.map(({ AccountId, Email }) => ({
        accountId: AccountId,
        email: Email,
      }));
      const accountIds = accounts?.map(({ accountId }) => accountId);
      const input = batchInput({ field: 'AccountDetails', accountIds, refusesAboveLimit }, (ids, surplus) =>
        unprocessedAnswer([...members(call).create((accounts ?? []).slice(0, ids.length)), ...surplus]),
      );
      return {
        ...input,
        check() {
          input.check();
          // The model's NonEmptyString has a character that is not white space.
          if (accounts?.some(({ email }) => email?.trim() === '') === true) {
            throw invalidParameter('Email');
          }
        },
      };
    },
    InviteMembers: (call) =>
      onAccounts(call, (ids, surplus) =>
        unprocessedAnswer([
          ...members(call).invite(ids, { message: null, emailDisabled: false }),
          ...surplus,
        ]),
      ),
    DeleteMembers: (call) =>
      onAccounts(call, (ids, surplus) => unprocessedAnswer([...members(call).remove(ids), ...surplus])),
    // The answer names no accounts (UPSTREAMS.md, Security Hub). The log has the unprocessed ones.
    DisassociateMembers: (call) =>
      onAccounts(call, (ids) => ({
        body: {},
        unprocessed: members(call)
          .disassociate(ids)
          .map(({ accountId }) => accountId),
      })),
    GetMembers: (call) =>
      onAccounts(call, (ids, surplus) => {
        const { members: found, unprocessed } = members(call).get(ids);
        const answer = unprocessedAnswer([...unprocessed, ...surplus]);
        return { ...answer, body: { Members: found.map(wireMember(call)), ...(answer.body as object) } };
      }),
    ListMembers(call) {
      const page = () => ({
        ...readPage('securityhub', call.query, { size: 'MaxResults', token: 'NextToken' }),
        onlyAssociated: readOnlyAssociated('securityhub', call.query['OnlyAssociated']),
      });
      return plainInput(() => {
        const { members: found, next } = members(call).list(page());
        return { Members: found.map(wireMember(call)), NextToken: nextToken(next) };
      }, page);
    },
  } satisfies Record<string, Handler>;
}

const wireMember =
  ({ identity }: SignedCall) =>
  ({ accountId, email, status, invitedAt, updatedAt }: Member) => ({
    AccountId: accountId,
    Email: email,
    MasterId: identity.account,
    AdministratorId: identity.account,
    MemberStatus: status,
    InvitedAt: invitedAt,
    UpdatedAt: updatedAt,
  });
