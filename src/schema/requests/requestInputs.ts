import { Field, ID, InputType, Int } from 'type-graphql';
import type { SecurityService as SecurityServiceName } from '../../membership.js';
import { SecurityService } from '../enums.js';
import { MemberAccountInput } from '../memberAccountInput.js';
import { RecordOptions } from './recordOptions.js';
import { AwsAccountId, AwsRegion } from '../scalars.js';

/** What a mutation that names accounts may say besides them. No type of the schema by itself. */
@InputType()
export abstract class RequestInput extends RecordOptions {
  @Field(() => ID, {
    nullable: true,
    description:
      'The id of the administrator to act as; see administrators. Default: the only one that the caller ' +
      'may use. With several, one has to be named, else UNKNOWN_ADMINISTRATOR.',
  })
  readonly administrator?: string | null;

  @Field(() => [SecurityService], {
    nullable: true,
    description:
      'The services to ask. Default: every service configured for the administrator. An empty list, or a ' +
      'service that is not configured for it, is INVALID_INPUT.',
  })
  readonly services?: readonly SecurityServiceName[] | null;

  @Field(() => [AwsRegion], {
    nullable: true,
    description:
      'The regions to ask. Default: every region configured for the administrator. An empty list is ' +
      'INVALID_INPUT, a region that is not configured for it UNKNOWN_REGION.',
  })
  readonly regions?: readonly string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The id of the GuardDuty detector to use, 1 to 300 characters; only together with GUARDDUTY and ' +
      'exactly one region. Default: the one configured, else the one ListDetectors finds, of which there ' +
      'is at most one per account and region.',
  })
  readonly detectorId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'True: record nothing and change nothing, and answer with a plan instead of a request: what would become of each ' +
      'account at each target, by what the services show now. Up to 1,000 accounts; note, idempotencyKey and ' +
      'waitSeconds are checked and then ignored.',
  })
  readonly dryRun?: boolean | null;
}

/** What to create. */
@InputType({ description: 'The accounts to create as members, and where.' })
export class CreateMembersInput extends RequestInput {
  @Field(() => [MemberAccountInput], {
    description:
      'The accounts: 1 to MAX_ACCOUNTS_PER_REQUEST (10,000 unless the operator changed it). The gateway ' +
      'cuts them into calls of 50. An exact duplicate is taken once; one account with two e-mail ' +
      'addresses is DUPLICATE_ACCOUNT.',
  })
  readonly accounts!: readonly MemberAccountInput[];
}

/** Whom to invite. */
@InputType({ description: 'The accounts to invite, and where.' })
export class InviteMembersInput extends RequestInput {
  @Field(() => [AwsAccountId], {
    description:
      'The accounts: 1 to MAX_ACCOUNTS_PER_REQUEST (10,000 unless the operator changed it), 12 digits ' +
      'each, in quotes. They have been created as members before. The gateway cuts them into calls of 50. ' +
      'A duplicate is taken once.',
  })
  readonly accountIds!: readonly string[];

  @Field(() => String, {
    nullable: true,
    description:
      'Text that GuardDuty adds to the invitation, 1 to 2,000 characters. GuardDuty only: when services ' +
      'leave GUARDDUTY out it is INVALID_INPUT, since the InviteMembers of Security Hub has no such ' +
      'parameter.',
  })
  readonly message?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True: GuardDuty invites without sending an e-mail about it. Absent or null leaves it to GuardDuty, ' +
      'which sends one. GuardDuty only: when services leave GUARDDUTY out it is INVALID_INPUT.',
  })
  readonly disableEmailNotification?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'True: afterwards the gateway looks at the members now and then, and shows where they stand as memberStatus and ' +
      'memberStatusAt of the outcomes. It looks at accounts that were processed or were invited already, once all ' +
      'accounts of their service and region have ended: after a minute, and then less and less often, down to once a ' +
      'day; until the member is enabled, resigned, removed or otherwise at an end, or followUpDays are over. The request ' +
      'finishes without waiting for it; its retries are followed as well. Ignored with dryRun.',
  })
  readonly followUp?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 7,
    description:
      'For how many days after the request was made, 1 to 30; null means 7 as well. Without followUp it is checked, and ' +
      'then ignored.',
  })
  readonly followUpDays?: number | null;
}
