import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type {
  MemberStatus as MemberStatusName,
  ReasonCode as ReasonCodeName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { SecurityService } from '../enums.js';
import { MemberStatus } from '../memberStatus.js';
import { ReasonCode } from '../reasonCode.js';
import { MemberAccountInput } from '../memberAccountInput.js';
import { AwsAccountId, AwsRegion, DateTime, EmailAddress } from '../scalars.js';
import { UserError } from '../userError.js';

/** Which members there ought to be. */
@InputType({ description: 'The members there ought to be, and where.' })
export class ReconcileInput {
  @Field(() => [MemberAccountInput], {
    description:
      'Every account that ought to be a member, 1 to MAX_ACCOUNTS_PER_REQUEST (10,000 unless the operator changed it), ' +
      'as in createMembers. An e-mail address is only compared, and missed where GuardDuty would want it.',
  })
  readonly accounts!: readonly MemberAccountInput[];

  @Field(() => ID, {
    nullable: true,
    description: 'The administrator whose members they are, as in createMembers.',
  })
  readonly administrator?: string | null;

  @Field(() => [SecurityService], {
    nullable: true,
    description:
      'The services to look at; every service configured for the administrator when absent or null.',
  })
  readonly services?: readonly SecurityServiceName[] | null;

  @Field(() => [AwsRegion], {
    nullable: true,
    description: 'The regions to look at; every region configured for the administrator when absent or null.',
  })
  readonly regions?: readonly string[] | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 0,
    description:
      'How old, in seconds, a listing of the members may be; with 0, or null, they are listed now, 50 a call.',
  })
  readonly maxAgeSeconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 100,
    description:
      'How many accounts each list shows, 1 to 10,000, and at most 40,000 at all services and regions together; ' +
      'totalCount counts them all. Null means 100 as well.',
  })
  readonly limit?: number | null;
}

/** One account of a list. */
@ObjectType({
  simpleResolvers: true,
  description: 'One account that is to be dealt with at one service in one region.',
})
export class ReconciledAccount {
  @Field(() => AwsAccountId, { description: 'The account: 12 digits.' })
  readonly accountId!: string;

  @Field(() => EmailAddress, {
    nullable: true,
    description: 'The e-mail address of the input; null when it gave none, and for unexpected members.',
  })
  readonly email!: string | null;

  @Field(() => EmailAddress, {
    nullable: true,
    description: 'The e-mail address that the service has; null when it has none.',
  })
  readonly memberEmail!: string | null;

  @Field(() => MemberStatus, { description: 'Where the account stands there.' })
  readonly memberStatus!: MemberStatusName;
}

/** The accounts of one kind. */
@ObjectType({
  simpleResolvers: true,
  description:
    'The accounts of one kind: how many, and the first of them by account id, as many as limit says.',
})
export class ReconciledAccounts {
  @Field(() => Int, { description: 'How many there are, shown or not.' })
  readonly totalCount!: number;

  @Field(() => [ReconciledAccount], {
    description: 'The first of them; their accountId and email fit the input of createMembers.',
  })
  readonly accounts!: readonly Readonly<ReconciledAccount>[];
}

/** What is to be done at one target. */
@ObjectType({
  simpleResolvers: true,
  description:
    'The difference at one service in one region. Everything but the reason is null where the members could not be listed.',
})
export class ReconciledTarget {
  @Field(() => ID, { description: 'Id of the administrator, as in administrators.' })
  readonly administrator!: string;

  @Field(() => SecurityService, { description: 'The service that was asked.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region that was asked.' })
  readonly region!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'How old this is: the members were listed then, or in the moments after it.',
  })
  readonly observedAt!: Date | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      'For createMembers: no members, or removed, resigned or deleted. For accounts of the organization CreateMembers is ' +
      'all it takes, and the only way back for one that was disassociated; others are in toInvite afterwards.',
  })
  readonly toCreate!: Readonly<ReconciledAccounts> | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      'For inviteMembers: created and not invited yet, or with an e-mail address that is being verified or failed to be. ' +
      'An account of the organization is CREATED for a moment only, and needs no invitation.',
  })
  readonly toInvite!: Readonly<ReconciledAccounts> | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      "To be created too, but the input has no e-mail address for them and GuardDuty's CreateMembers wants one; empty " +
      'for Security Hub.',
  })
  readonly emailMissing!: Readonly<ReconciledAccounts> | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      'Members that the input does not name, however they came: by hand, or through Organizations. Removed, resigned and ' +
      'deleted ones are none. Nothing removes them by itself.',
  })
  readonly unexpected!: Readonly<ReconciledAccounts> | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      'Members whose e-mail address at the service is another than in the input, upper and lower case aside; some may be ' +
      'in toInvite as well. Neither call changes the address of a member: it is deleted and created again.',
  })
  readonly emailDiffers!: Readonly<ReconciledAccounts> | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How many accounts of the input need nothing: members that are active, invited or suspended, and whose e-mail ' +
      "address does not differ. The administrator's own account is in no list and not counted.",
  })
  readonly upToDate!: number | null;

  @Field(() => ReasonCode, {
    nullable: true,
    description:
      'Why the members could not be listed; null when they could. THROTTLED when there are too many to be listed within ' +
      '25 seconds at the rate of the target.',
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The same in words, those of the service where it said any, without ARNs; null when they could.',
  })
  readonly reason!: string | null;
}

/** The answer of `reconcile`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The members there ought to be, held against those there are.',
})
export class Reconciliation {
  @Field(() => [ReconciledTarget], {
    description: 'Every service asked for in every region asked for; empty when userErrors is not.',
  })
  readonly targets!: readonly Readonly<ReconciledTarget>[];

  @Field(() => [UserError], {
    description: 'What is wrong with the input, all faults at once, as in createMembers.',
  })
  readonly userErrors!: readonly Readonly<UserError>[];
}
