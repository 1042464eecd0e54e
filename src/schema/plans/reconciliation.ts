import { Field, InputType, Int, ObjectType } from 'type-graphql';
import type { MemberStatus as MemberStatusName } from '../../membership.js';
import { MemberAccountInput } from '../memberAccountInput.js';
import { MemberStatus } from '../memberStatus.js';
import { AwsAccountId, DateTime, EmailAddress } from '../scalars.js';
import { ReadTargetFields } from '../targetFields.js';
import { TargetSelection } from '../targetSelection.js';
import { MutationPayload } from '../userError.js';

/** The expected members. */
@InputType({ description: 'The expected members, and where.' })
export class ReconcileInput extends TargetSelection {
  @Field(() => [MemberAccountInput], {
    description:
      'Every account that should be a member: 1 to MAX_ACCOUNTS_PER_REQUEST (10,000 by default). The e-mail ' +
      'address is only compared; emailMissing has the accounts that GuardDuty would refuse without one.',
  })
  readonly accounts!: readonly MemberAccountInput[];

  @Field(() => Int, {
    nullable: true,
    defaultValue: 0,
    description: 'Maximum age of a member list in seconds. 0 or null: listed now, 50 a call.',
  })
  readonly maxAgeSeconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 100,
    description:
      'Maximum length of each list: 1 to 10,000, and 40,000 over all targets; null means 100. totalCount counts ' +
      'all.',
  })
  readonly limit?: number | null;
}

/** One account of a list. */
@ObjectType({ simpleResolvers: true, description: 'One account at one target.' })
export class ReconciledAccount {
  @Field(() => AwsAccountId, { description: 'The account.' })
  readonly accountId!: string;

  @Field(() => EmailAddress, {
    nullable: true,
    description: 'The e-mail address in the input. Null without one, and for unexpected members.',
  })
  readonly email!: string | null;

  @Field(() => EmailAddress, {
    nullable: true,
    description: 'The e-mail address at the service, if any.',
  })
  readonly memberEmail!: string | null;

  @Field(() => MemberStatus, { description: 'Its status there.' })
  readonly memberStatus!: MemberStatusName;
}

/** The accounts of one list. */
@ObjectType({ simpleResolvers: true, description: 'Accounts by id, at most `limit`.' })
export class ReconciledAccounts {
  @Field(() => Int, { description: 'Number of accounts, also beyond limit.' })
  readonly totalCount!: number;

  @Field(() => [ReconciledAccount], {
    description: 'Their accountId and email fit the input of createMembers.',
  })
  readonly accounts!: readonly Readonly<ReconciledAccount>[];
}

/** The difference at one target. */
@ObjectType({
  simpleResolvers: true,
  description:
    'The difference at one target. If the members could not be listed, all but the reason is null; THROTTLED ' +
    'means not within 25 seconds at the rate of the target.',
})
export class ReconciledTarget extends ReadTargetFields {
  @Field(() => DateTime, {
    nullable: true,
    description: 'The members were listed at this moment or shortly after.',
  })
  readonly observedAt!: Date | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      'For createMembers: not members, or removed, resigned or deleted. For accounts of the organization this ' +
      'suffices, and is the only way back once disassociated; others are in toInvite afterwards.',
  })
  readonly toCreate!: Readonly<ReconciledAccounts> | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      'For inviteMembers: created and not invited, or with a running verification of the e-mail address. An account ' +
      'of the organization is CREATED only for a moment and needs no invitation.',
  })
  readonly toInvite!: Readonly<ReconciledAccounts> | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      'EMAIL_VERIFICATION_FAILED: memberEmail is not the address of the account, and no invitation is sent. For ' +
      'deleteMembers, then for createMembers with the right address.',
  })
  readonly toRecreate!: Readonly<ReconciledAccounts> | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      'Also to create, but without the e-mail address that GuardDuty requires. Empty for Security Hub.',
  })
  readonly emailMissing!: Readonly<ReconciledAccounts> | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      'Members that are not in the input, created by hand or through Organizations; without removed, resigned and ' +
      'deleted ones. Nothing removes them by itself.',
  })
  readonly unexpected!: Readonly<ReconciledAccounts> | null;

  @Field(() => ReconciledAccounts, {
    nullable: true,
    description:
      'Members whose e-mail address differs from the input, case aside; some are in toInvite or toRecreate too. Neither call ' +
      'changes an address: delete the member and create it again.',
  })
  readonly emailDiffers!: Readonly<ReconciledAccounts> | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Accounts of the input that need nothing: active, invited or suspended members without a different e-mail ' +
      'address. The administrator itself is in no list and not counted.',
  })
  readonly upToDate!: number | null;
}

/** The answer of `reconcile`. */
@ObjectType({ simpleResolvers: true, description: 'The expected members compared with the existing ones.' })
export class Reconciliation extends MutationPayload {
  @Field(() => [ReconciledTarget], {
    description: 'Every selected target. Empty with userErrors.',
  })
  readonly targets!: readonly Readonly<ReconciledTarget>[];
}
