import {
  CreateMembersCommand,
  DeleteMembersCommand,
  DisassociateMembersCommand,
  GetMembersCommand,
  InviteMembersCommand,
  ListMembersCommand,
  type Member,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type {
  Acknowledged,
  CallAnswer,
  MemberChange,
  MemberPageQuery,
  MemberPageRead,
  MembersRead,
  Refused,
  ServiceMember,
  Unanswered,
} from '../ports/upstream.js';
import { answerOf, unreadable } from './answer.js';
import { withCallTag } from './callTag.js';
import { translateError, metadataOf } from './errors.js';

/** A change whose answer lists the unprocessed accounts. */
type ListedChange = MemberChange & {
  readonly operation: Exclude<MemberChange['operation'], 'DISASSOCIATE_MEMBERS'>;
};

/** Sends an operation that changes members of Security Hub (UPSTREAMS.md, "Security Hub"). */
export async function changeSecurityHubMembers(
  client: SecurityHubClient,
  change: MemberChange,
): Promise<CallAnswer> {
  try {
    const { operation } = change;
    if (operation === 'DISASSOCIATE_MEMBERS') {
      return await disassociate(client, change);
    }
    const answer = await send(client, { ...change, operation });
    const metadata = metadataOf(answer);
    // AWS's model does not require the list. An answer without AWS's request id does not come from AWS.
    const none = metadata.awsRequestId === null ? undefined : [];
    return answerOf(metadata, answer.UnprocessedAccounts ?? none, 'ProcessingResult');
  } catch (error) {
    return translateError(error);
  }
}

/** GetMembers of Security Hub. */
export async function getSecurityHubMembers(
  client: SecurityHubClient,
  accountIds: readonly string[],
  signal?: AbortSignal,
): Promise<MembersRead | Refused | Unanswered> {
  try {
    const { Members = [] } = await client.send(
      new GetMembersCommand({ AccountIds: [...accountIds] }),
      signal && { abortSignal: signal },
    );
    return { kind: 'READ', members: Members.map(memberOf) };
  } catch (error) {
    return translateError(error);
  }
}

/** ListMembers of Security Hub, with members of every status. */
export async function listSecurityHubMembers(
  client: SecurityHubClient,
  { pageSize, nextToken }: MemberPageQuery,
  signal?: AbortSignal,
): Promise<MemberPageRead | Refused | Unanswered> {
  try {
    const { Members = [], NextToken } = await client.send(
      new ListMembersCommand({
        MaxResults: pageSize,
        OnlyAssociated: false,
        ...(nextToken === null ? {} : { NextToken: nextToken }),
      }),
      signal && { abortSignal: signal },
    );
    // An empty token means the last page: sent back, it would return the first page again.
    return { kind: 'READ', members: Members.map(memberOf), nextToken: NextToken || null };
  } catch (error) {
    return translateError(error);
  }
}

/** The answer is an empty object. Without AWS's request id, it does not come from AWS. */
async function disassociate(
  client: SecurityHubClient,
  { callId, accounts }: MemberChange,
): Promise<Acknowledged | Unanswered> {
  const metadata = metadataOf(
    await client.send(withCallTag(new DisassociateMembersCommand({ AccountIds: idsOf(accounts) }), callId)),
  );
  return metadata.awsRequestId === null
    ? unreadable(metadata, 'no request id of AWS')
    : { kind: 'ACKNOWLEDGED', metadata };
}

function send(client: SecurityHubClient, { callId, operation, accounts }: ListedChange) {
  switch (operation) {
    case 'CREATE_MEMBERS':
      return client.send(
        withCallTag(
          new CreateMembersCommand({
            AccountDetails: accounts.map(({ accountId, email }) => ({
              AccountId: accountId,
              ...(email === null ? {} : { Email: email }),
            })),
          }),
          callId,
        ),
      );
    case 'INVITE_MEMBERS':
      return client.send(withCallTag(new InviteMembersCommand({ AccountIds: idsOf(accounts) }), callId));
    case 'DELETE_MEMBERS':
      return client.send(withCallTag(new DeleteMembersCommand({ AccountIds: idsOf(accounts) }), callId));
  }
}

function idsOf(accounts: MemberChange['accounts']): string[] {
  return accounts.map(({ accountId }) => accountId);
}

function memberOf(member: Member): ServiceMember {
  return {
    accountId: member.AccountId ?? '',
    serviceStatus: member.MemberStatus ?? '',
    email: member.Email ?? null,
    invitedAt: member.InvitedAt ?? null,
    updatedAt: member.UpdatedAt ?? null,
  };
}
