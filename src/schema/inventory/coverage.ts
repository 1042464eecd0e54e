import { ArgsType, Field, ID, Int, ObjectType } from 'type-graphql';
import type { MemberStatus as MemberStatusName, ReasonCode as ReasonCodeName } from '../../membership.js';
import { MemberStatus } from '../memberStatus.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsAccountId, DateTime } from '../scalars.js';
import { ServiceRegionFields } from '../targetFields.js';

/** The number of members with one status. */
@ObjectType({
  simpleResolvers: true,
  description: 'The members with one status at one target.',
})
export class MemberStatusCount {
  @Field(() => MemberStatus, {
    description: 'The status. NOT_A_MEMBER appears only with accountIds.',
  })
  readonly status!: MemberStatusName;

  @Field(() => Int, { description: 'Number of members.' })
  readonly members!: number;
}

/** One service in one region. */
@ObjectType({
  simpleResolvers: true,
  description: 'The members of one target in its last complete observation.',
})
export class CoveredTarget extends ServiceRegionFields {
  @Field(() => DateTime, {
    nullable: true,
    description:
      'When that observation began. Null if there was none: then nothing is known, and no account is missing.',
  })
  readonly observedAt!: Date | null;

  @Field(() => ReasonCode, {
    nullable: true,
    description: 'Why the latest observation failed, else null.',
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, { nullable: true, description: "The same in the service's words, without ARNs." })
  readonly reason!: string | null;

  @Field(() => Int, { description: 'Selected members of any status.' })
  readonly members!: number;

  @Field(() => [MemberStatusCount], {
    description: 'The same by status, without zeros.',
  })
  readonly statuses!: readonly Readonly<MemberStatusCount>[];
}

/** The status of an account at one service in one region. */
@ObjectType({ simpleResolvers: true, description: 'The status of an account at one target.' })
export class AccountStanding extends ServiceRegionFields {
  @Field(() => MemberStatus, {
    description: 'The status. NOT_A_MEMBER if the observation did not see it.',
  })
  readonly status!: MemberStatusName;
}

/** An account that is not covered everywhere. */
@ObjectType({
  simpleResolvers: true,
  description: 'An account that is ENABLED at one target and not at another.',
})
export class CoverageGap {
  @Field(() => AwsAccountId, { description: 'The account.' })
  readonly accountId!: string;

  @Field(() => [AccountStanding], { description: 'Where it is ENABLED.' })
  readonly enabledIn!: readonly Readonly<AccountStanding>[];

  @Field(() => [AccountStanding], {
    description: 'The observed targets where it is not ENABLED or not a member.',
  })
  readonly missingIn!: readonly Readonly<AccountStanding>[];
}

/** The members of an administrator by service and region. */
@ObjectType({
  simpleResolvers: true,
  description:
    'The members of one administrator by service and region, from the inventory. Targets may have been observed ' +
    'at different times.',
})
export class Coverage {
  @Field(() => ID, { description: 'Id of the administrator.' })
  readonly administrator!: string;

  @Field(() => [CoveredTarget], { description: 'Every configured target.' })
  readonly targets!: readonly Readonly<CoveredTarget>[];

  @Field(() => Int, {
    description: 'Accounts ENABLED at one observed target and not at another, also those beyond gaps.',
  })
  readonly gapCount!: number;

  @Field(() => [CoverageGap], {
    description: 'These accounts by id, at most `first`. The last accountId continues as `after`.',
  })
  readonly gaps!: readonly Readonly<CoverageGap>[];
}

/** The arguments of a coverage. */
@ArgsType()
export class CoverageArguments {
  @Field(() => ID, {
    nullable: true,
    description: 'The administrator; required if the caller may use several.',
  })
  readonly administrator?: string | null;

  @Field(() => [AwsAccountId], {
    nullable: true,
    description: 'Only these accounts, at most 1,000. Null: all that are members anywhere.',
  })
  readonly accountIds?: readonly string[] | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 100,
    description: 'Maximum length of gaps: 1 to 1,000.',
  })
  readonly first?: number | null;

  @Field(() => AwsAccountId, {
    nullable: true,
    description: 'Only gaps of accounts with greater ids.',
  })
  readonly after?: string | null;
}
