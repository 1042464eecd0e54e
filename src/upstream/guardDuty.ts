import {
  CreateMembersCommand,
  DeleteMembersCommand,
  DescribeOrganizationConfigurationCommand,
  DisassociateMembersCommand,
  GetMembersCommand,
  InviteMembersCommand,
  ListDetectorsCommand,
  ListMembersCommand,
  type GuardDutyClient,
} from '@aws-sdk/client-guardduty';
import type {
  CallAnswer,
  DetectorRead,
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
  changeAnswer,
  detectorAnswer,
  membersAnswer,
  organizationAnswer,
  pageAnswer,
  type AnswerFields,
} from './answer.js';
import { withCallTag } from './callTag.js';
import { translateError } from './errors.js';

/** GuardDuty's model requires the lists of all answers but ListMembers'. */
const FIELDS: AnswerFields = { words: 'Result', status: 'RelationshipStatus', listsRequired: true };

/** Sends an operation that changes members of GuardDuty (UPSTREAMS.md, "GuardDuty"). */
export async function changeGuardDutyMembers(
  client: GuardDutyClient,
  change: MemberChange,
): Promise<CallAnswer> {
  const detectorId = required(change.detectorId);
  try {
    return changeAnswer({ ...(await send(client, detectorId, change)) }, FIELDS);
  } catch (error) {
    return translateError(error);
  }
}

/** GetMembers of GuardDuty. */
export async function getGuardDutyMembers(
  client: GuardDutyClient,
  detectorId: string | null,
  accountIds: readonly string[],
  { signal, readBackOf }: MembersReadOptions = {},
): Promise<MembersRead | Refused | Unanswered> {
  const DetectorId = required(detectorId);
  try {
    const output = await client.send(
      withCallTag(new GetMembersCommand({ DetectorId, AccountIds: [...accountIds] }), readBackOf),
      signal && { abortSignal: signal },
    );
    return membersAnswer({ ...output }, FIELDS);
  } catch (error) {
    return translateError(error);
  }
}

/** ListMembers of GuardDuty, with members of every status. */
export async function listGuardDutyMembers(
  client: GuardDutyClient,
  detectorId: string | null,
  { pageSize, nextToken }: MemberPageQuery,
  signal?: AbortSignal,
): Promise<MemberPageRead | Refused | Unanswered> {
  const DetectorId = required(detectorId);
  try {
    const output = await client.send(
      new ListMembersCommand({
        DetectorId,
        MaxResults: pageSize,
        OnlyAssociated: 'false',
        ...(nextToken === null ? {} : { NextToken: nextToken }),
      }),
      signal && { abortSignal: signal },
    );
    return pageAnswer({ ...output }, FIELDS);
  } catch (error) {
    return translateError(error);
  }
}

/** DescribeOrganizationConfiguration of GuardDuty. */
export async function readGuardDutyOrganization(
  client: GuardDutyClient,
  detectorId: string | null,
): Promise<OrganizationRead | Refused | Unanswered> {
  const DetectorId = required(detectorId);
  try {
    const output = await client.send(new DescribeOrganizationConfigurationCommand({ DetectorId }));
    return organizationAnswer({ ...output });
  } catch (error) {
    return translateError(error);
  }
}

/** ListDetectors of GuardDuty. Without a detector, GuardDuty is not enabled in the account and region. */
export async function findGuardDutyDetector(
  client: GuardDutyClient,
): Promise<DetectorRead | Refused | Unanswered> {
  try {
    return detectorAnswer({ ...(await client.send(new ListDetectorsCommand({}))) });
  } catch (error) {
    return translateError(error);
  }
}

function send(client: GuardDutyClient, DetectorId: string, change: MemberChange) {
  const { callId, accounts, message, disableEmailNotification } = change;
  switch (change.operation) {
    case 'CREATE_MEMBERS':
      return client.send(
        withCallTag(
          new CreateMembersCommand({
            DetectorId,
            AccountDetails: accounts.map(({ accountId, email }) => ({
              AccountId: accountId,
              Email: email ?? undefined,
            })),
          }),
          callId,
        ),
      );
    case 'INVITE_MEMBERS':
      return client.send(
        withCallTag(
          new InviteMembersCommand({
            DetectorId,
            AccountIds: accounts.map(({ accountId }) => accountId),
            ...(message === null ? {} : { Message: message }),
            ...(disableEmailNotification === null
              ? {}
              : { DisableEmailNotification: disableEmailNotification }),
          }),
          callId,
        ),
      );
    case 'DISASSOCIATE_MEMBERS':
      return client.send(
        withCallTag(
          new DisassociateMembersCommand({
            DetectorId,
            AccountIds: accounts.map(({ accountId }) => accountId),
          }),
          callId,
        ),
      );
    case 'DELETE_MEMBERS':
      return client.send(
        withCallTag(
          new DeleteMembersCommand({ DetectorId, AccountIds: accounts.map(({ accountId }) => accountId) }),
          callId,
        ),
      );
  }
}

/** Called outside of `try`: a missing detector is a fault of the gateway, not an answer of the service. */
function required(detectorId: string | null): string {
  if (detectorId === null) {
    throw new Error('A call to GuardDuty needs a detector id.');
  }
  return detectorId;
}
