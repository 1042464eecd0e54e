import {
  CreateMembersCommand,
  DeleteMembersCommand,
  DescribeOrganizationConfigurationCommand,
  DisassociateMembersCommand,
  GetMembersCommand,
  InviteMembersCommand,
  ListMembersCommand,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type {
  Acknowledged,
  CallAnswer,
  MemberChange,
  MemberPageQuery,
  MemberPageRead,
  MembersRead,
  MembersReadOptions,
  OrganizationRead,
  Refused,
  Unanswered,
} from '../ports/upstream.js';
import {
  acknowledgement,
  changeAnswer,
  membersAnswer,
  organizationAnswer,
  pageAnswer,
  type AnswerFields,
} from './answer.js';
import { withCallTag } from './callTag.js';
import { translateError } from './errors.js';

/** Security Hub's model requires no list. */
const FIELDS: AnswerFields = { words: 'ProcessingResult', status: 'MemberStatus', listsRequired: false };

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
    return changeAnswer({ ...(await send(client, { ...change, operation })) }, FIELDS);
  } catch (error) {
    return translateError(error);
  }
}

/** DescribeOrganizationConfiguration of Security Hub. */
export async function readSecurityHubOrganization(
  client: SecurityHubClient,
): Promise<OrganizationRead | Refused | Unanswered> {
  try {
    return organizationAnswer({ ...(await client.send(new DescribeOrganizationConfigurationCommand({}))) });
  } catch (error) {
    return translateError(error);
  }
}

/** GetMembers of Security Hub. */
export async function getSecurityHubMembers(
  client: SecurityHubClient,
  accountIds: readonly string[],
  { signal, readBackOf }: MembersReadOptions = {},
): Promise<MembersRead | Refused | Unanswered> {
  try {
    const output = await client.send(
      withCallTag(new GetMembersCommand({ AccountIds: [...accountIds] }), readBackOf),
      signal && { abortSignal: signal },
    );
    return membersAnswer({ ...output }, FIELDS);
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
    const output = await client.send(
      new ListMembersCommand({
        MaxResults: pageSize,
        OnlyAssociated: false,
        ...(nextToken === null ? {} : { NextToken: nextToken }),
      }),
      signal && { abortSignal: signal },
    );
    return pageAnswer({ ...output }, FIELDS);
  } catch (error) {
    return translateError(error);
  }
}

/** The answer is an empty object. */
async function disassociate(
  client: SecurityHubClient,
  { callId, accounts }: MemberChange,
): Promise<Acknowledged | Unanswered> {
  const command = withCallTag(new DisassociateMembersCommand({ AccountIds: idsOf(accounts) }), callId);
  return acknowledgement({ ...(await client.send(command)) });
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
