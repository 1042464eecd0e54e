import { Field, InputType, Int } from 'type-graphql';
import type {
  AlreadyMember as AlreadyMemberName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { AlreadyMember } from '../enums.js';
import { MemberAccountInput } from '../memberAccountInput.js';
import { RecordOptions } from './recordOptions.js';
import { AwsAccountId } from '../scalars.js';
import { AdministratorField, RegionsField, ServicesField } from '../targetSelection.js';

/** The fields of every mutation on accounts, besides the accounts. No type of the schema by itself. */
@InputType()
export abstract class RequestInput extends RecordOptions {
  @AdministratorField()
  readonly administrator?: string | null;

  @ServicesField()
  readonly services?: readonly SecurityServiceName[] | null;

  @RegionsField()
  readonly regions?: readonly string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The GuardDuty detector, 1 to 300 characters; only with GUARDDUTY and exactly one region. Default: the ' +
      'configured one, else from ListDetectors.',
  })
  readonly detectorId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'True: record and change nothing; answer with a plan, the expected result for each account at each target ' +
      'from what the services show now. At most 1,000 accounts. note, idempotencyKey and waitSeconds are only ' +
      'checked.',
  })
  readonly dryRun?: boolean | null;
}

/** The accounts to create. */
@InputType({ description: 'The accounts to create as members, and where.' })
export class CreateMembersInput extends RequestInput {
  @Field(() => [MemberAccountInput], {
    description:
      'From 1 to MAX_ACCOUNTS_PER_REQUEST accounts (10,000 by default), sent in calls of 50. An exact duplicate counts ' +
      'once; one account with two e-mail addresses is DUPLICATE_ACCOUNT.',
  })
  readonly accounts!: readonly MemberAccountInput[];

  @Field(() => AlreadyMember, {
    nullable: true,
    defaultValue: 'UNPROCESSED',
    description:
      'How an account counts that the service calls a member already; null means UNPROCESSED. Part of the input for ' +
      'the idempotencyKey, and kept by retryRequest.',
  })
  readonly alreadyMember?: AlreadyMemberName | null;
}

/** The accounts to invite. */
@InputType({ description: 'The accounts to invite, and where.' })
export class InviteMembersInput extends RequestInput {
  @Field(() => [AwsAccountId], {
    description:
      'From 1 to MAX_ACCOUNTS_PER_REQUEST accounts (10,000 by default), created as members before, sent in calls of ' +
      '50. A duplicate counts once.',
  })
  readonly accountIds!: readonly string[];

  @Field(() => String, {
    nullable: true,
    description:
      "Text for GuardDuty's invitation, 1 to 2,000 characters. INVALID_INPUT without GUARDDUTY: Security Hub has " +
      'no such parameter.',
  })
  readonly message?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True: GuardDuty sends no e-mail with the invitation. Null: GuardDuty decides, and sends one. INVALID_INPUT ' +
      'without GUARDDUTY.',
  })
  readonly disableEmailNotification?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'True: afterwards the gateway reads accounts that were processed or already invited, for memberStatus and ' +
      'memberStatusAt of the outcomes. Once all outcomes of their target are final it reads after a minute, then ' +
      'less and less often, down to once a day, until the member is enabled, resigned, removed or otherwise done, ' +
      'or followUpDays are over. The request does not wait for this. Retries are followed too. Ignored with ' +
      'dryRun.',
  })
  readonly followUp?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 7,
    description:
      'Days to follow up after the request was made, 1 to 30; null means 7. Only checked without followUp.',
  })
  readonly followUpDays?: number | null;
}
