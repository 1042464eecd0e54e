import { ArgsType, Field, ID, Int, ObjectType } from 'type-graphql';
import type {
  MemberStatus as MemberStatusName,
  ReasonCode as ReasonCodeName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { SecurityService } from '../enums.js';
import { MemberStatus } from '../memberStatus.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsAccountId, AwsRegion, DateTime } from '../scalars.js';

/** The members of one target with one status. */
@ObjectType({
  simpleResolvers: true,
  description: 'How many members of one service and region have one status.',
})
export class MemberStatusCount {
  @Field(() => MemberStatus, {
    description:
      'The status. NOT_A_MEMBER is there only where accountIds were named: those that are no members.',
  })
  readonly status!: MemberStatusName;

  @Field(() => Int, { description: 'How many have it.' })
  readonly members!: number;
}

/** One service in one region. */
@ObjectType({
  simpleResolvers: true,
  description: 'The members of one service in one region, counted in its last whole observation.',
})
export class CoveredTarget {
  @Field(() => SecurityService, { description: 'The service.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region.' })
  readonly region!: string;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'How old the counts are: when the observation began. Null: it was never observed, nothing is known of it, and no account ' +
      'is missing in it.',
  })
  readonly observedAt!: Date | null;

  @Field(() => ReasonCode, {
    nullable: true,
    description: 'Why the latest attempt to observe it failed; null when it did not.',
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, {
    nullable: true,
    description: "The same in the service's own words, without ARNs.",
  })
  readonly reason!: string | null;

  @Field(() => Int, { description: 'How many members it has, of those asked for, whatever their status.' })
  readonly members!: number;

  @Field(() => [MemberStatusCount], {
    description: 'The same by status; statuses that nobody has are left out.',
  })
  readonly statuses!: readonly Readonly<MemberStatusCount>[];
}

/** Where an account stands in one service and region. */
@ObjectType({ simpleResolvers: true, description: 'Where an account stood in one service and region.' })
export class AccountStanding {
  @Field(() => SecurityService, { description: 'The service.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region.' })
  readonly region!: string;

  @Field(() => MemberStatus, {
    description: 'Its status there; NOT_A_MEMBER when the observation did not see it.',
  })
  readonly status!: MemberStatusName;
}

/** An account that is not covered everywhere. */
@ObjectType({
  simpleResolvers: true,
  description: 'An account that is ENABLED in one service or region and not in another.',
})
export class CoverageGap {
  @Field(() => AwsAccountId, { description: 'The account: 12 digits.' })
  readonly accountId!: string;

  @Field(() => [AccountStanding], { description: 'Where it is ENABLED.' })
  readonly enabledIn!: readonly Readonly<AccountStanding>[];

  @Field(() => [AccountStanding], {
    description:
      'Where it is not, among the services and regions that were observed: no member at all, or not active.',
  })
  readonly missingIn!: readonly Readonly<AccountStanding>[];
}

/** The members of an administrator by service and region. */
@ObjectType({
  simpleResolvers: true,
  description:
    'The members of one administrator by service and region, from the inventory. Each target is as old as its observation: ' +
    'two of them may have been seen at different times.',
})
export class Coverage {
  @Field(() => ID, { description: 'Id of the administrator, as in administrators.' })
  readonly administrator!: string;

  @Field(() => [CoveredTarget], { description: 'Every configured service in every configured region.' })
  readonly targets!: readonly Readonly<CoveredTarget>[];

  @Field(() => Int, {
    description:
      'How many accounts are ENABLED in one of the observed services and regions and not in another; all of them, however ' +
      'many gaps shows.',
  })
  readonly gapCount!: number;

  @Field(() => [CoverageGap], {
    description:
      'These accounts, in the order of their ids: as many as first says, behind after. Pass the last accountId as after to ' +
      'go on.',
  })
  readonly gaps!: readonly Readonly<CoverageGap>[];
}

/** The arguments of a coverage. */
@ArgsType()
export class CoverageArguments {
  @Field(() => ID, {
    nullable: true,
    description: 'The administrator; needed only when the caller may use several.',
  })
  readonly administrator?: string | null;

  @Field(() => [AwsAccountId], {
    nullable: true,
    description:
      'Only these accounts, 1,000 at most; absent or null: every account that is a member somewhere.',
  })
  readonly accountIds?: readonly string[] | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 100,
    description: 'How many accounts gaps shows at most: 1 to 1,000, else BAD_USER_INPUT.',
  })
  readonly first?: number | null;

  @Field(() => AwsAccountId, {
    nullable: true,
    description: 'Only gaps of accounts with greater ids than this; absent or null for the beginning.',
  })
  readonly after?: string | null;
}
