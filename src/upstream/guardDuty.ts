import {
  CreateMembersCommand,
  DeleteMembersCommand,
  DisassociateMembersCommand,
  GetMembersCommand,
  InviteMembersCommand,
  ListDetectorsCommand,
  ListMembersCommand,
  type GuardDutyClient,
  type Member,
} from '@aws-sdk/client-guardduty';
import type {
  CallAnswer,
  DetectorRead,
  MemberChange,
  MemberPageQuery,
  MemberPageRead,
  MembersRead,
  Refused,
  ServiceMember,
  Unanswered,
} from '../ports/upstream.js';
import { answerOf } from './answer.js';
import { withCallTag } from './callTag.js';
import { translateError, metadataOf } from './errors.js';

/** Sends an operation that changes members of GuardDuty (UPSTREAMS.md, "GuardDuty"). */
export async function changeGuardDutyMembers(
  client: GuardDutyClient,
  change: MemberChange,
): Promise<CallAnswer> {
  const detectorId = required(change.detectorId);
  try {
    const answer = await send(client, detectorId, change);
    return answerOf(metadataOf(answer), answer.UnprocessedAccounts, 'Result');
  } catch (error) {
    return translateError(error);
  }
}

/** GetMembers of GuardDuty. Accounts that GuardDuty does not know are missing from `members`. */
export async function getGuardDutyMembers(
  client: GuardDutyClient,
  detectorId: string | null,
  accountIds: readonly string[],
  signal?: AbortSignal,
): Promise<MembersRead | Refused | Unanswered> {
  const DetectorId = required(detectorId);
  try {
    const { Members = [] } = await client.send(
      new GetMembersCommand({ DetectorId, AccountIds: [...accountIds] }),
      signal && { abortSignal: signal },
    );
    return { kind: 'READ', members: Members.map(memberOf) };
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
    const { Members = [], NextToken } = await client.send(
      new ListMembersCommand({
        DetectorId,
        MaxResults: pageSize,
        OnlyAssociated: 'false',
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

/** ListDetectors of GuardDuty. Without a detector, GuardDuty is not enabled in the account and region. */
export async function findGuardDutyDetector(
  client: GuardDutyClient,
): Promise<DetectorRead | Refused | Unanswered> {
  try {
    const { DetectorIds = [] } = await client.send(new ListDetectorsCommand({}));
    return { kind: 'READ', detectorId: DetectorIds[0] ?? null };
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

function memberOf(member: Member): ServiceMember {
  return {
    accountId: member.AccountId ?? '',
    serviceStatus: member.RelationshipStatus ?? '',
    email: member.Email ?? null,
    invitedAt: dateOf(member.InvitedAt),
    updatedAt: dateOf(member.UpdatedAt),
  };
}

/** GuardDuty's times are strings that the SDK does not parse. */
function dateOf(text: string | undefined): Date | null {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Called outside of `try`: a missing detector is a fault of the gateway, not an answer of the service. */
function required(detectorId: string | null): string {
  if (detectorId === null) {
    throw new Error('A call to GuardDuty needs a detector id.');
  }
  return detectorId;
}
