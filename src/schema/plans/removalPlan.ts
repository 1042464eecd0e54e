import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type {
  MemberStatus as MemberStatusName,
  ReasonCode as ReasonCodeName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { describedEnum, SecurityService } from '../enums.js';
import { MemberStatus } from '../memberStatus.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsAccountId, AwsRegion, DateTime } from '../scalars.js';

type RemovalVerdictName =
  | 'WOULD_DISASSOCIATE'
  | 'WOULD_DELETE'
  | 'NOT_A_MEMBER'
  | 'NOT_ASSOCIATED'
  | 'STILL_ASSOCIATED'
  | 'SELF'
  | 'UNKNOWN';

/** What would become of an account. */
const RemovalVerdict = describedEnum<RemovalVerdictName>(
  'RemovalVerdict',
  'What would become of one account at one target, by what the services show now. They decide anew when asked.',
  {
    WOULD_DISASSOCIATE:
      'DisassociateMembers is expected to take it: a member, or one whose invitation is open.',
    WOULD_DELETE: 'DeleteMembers is expected to take it: the entry and its details would be gone.',
    NOT_A_MEMBER: 'It would come back unprocessed, NOT_ASSOCIATED: it is not on the list.',
    NOT_ASSOCIATED:
      'It would come back unprocessed: it is on the list and not associated. It was never active, left by itself, or ' +
      'was disassociated before.',
    STILL_ASSOCIATED: 'It would come back unprocessed: it has to be disassociated before it is deleted.',
    SELF: 'It would come back unprocessed: it is the account of the administrator itself.',
    UNKNOWN: 'The target could not be read: reasonCode of the target says why.',
  },
);

/** One account of a removal's plan. */
@ObjectType({ simpleResolvers: true, description: "One account of a removal's plan at one target." })
class RemovalPlanAccount {
  @Field(() => AwsAccountId, { description: 'The account: 12 digits.' })
  readonly accountId!: string;

  @Field(() => RemovalVerdict, { description: 'What would become of it.' })
  readonly verdict!: RemovalVerdictName;

  @Field(() => MemberStatus, {
    nullable: true,
    description: 'Where it stands there now; null when the target could not be read.',
  })
  readonly memberStatus!: MemberStatusName | null;
}

/** Members of one status that would go. */
@ObjectType({ simpleResolvers: true, description: 'How many members of one status would go.' })
class GoingMembers {
  @Field(() => MemberStatus, { description: 'Where they stand now.' })
  readonly status!: MemberStatusName;

  @Field(() => Int, { description: 'How many of them would go.' })
  readonly members!: number;
}

/** How much of a target would go, and may. */
@ObjectType({
  simpleResolvers: true,
  description:
    'The accounts named, held against the most that one request may remove at this target: REMOVAL_SHARE_PERCENT (10 by ' +
    'default) of its members, rounded down, and always one. For deleteMembers every entry on the list counts; for ' +
    'disassociateMembers those that were not removed, resigned or deleted before. An account that could not be removed ' +
    'as it stands counts as well, since by the time of the request it may.',
})
class RemovalPlanShare {
  @Field(() => Float, { description: 'The share that one request may remove, in per cent.' })
  readonly percent!: number;

  @Field(() => Int, { description: 'Accounts named that count.' })
  readonly counted!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Members that count: those of the inventory, when that is no older than an hour; else as far as ListMembers showed ' +
      'them, since counting ends when they are enough. Null when they need not be counted, or could not be within 20 ' +
      'seconds: refreshInventory has them counted in the background.',
  })
  readonly members!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The most that may go, by members; null when that is null.',
  })
  readonly mayGo!: number | null;
}

/** One target of a removal's plan. */
@ObjectType({ simpleResolvers: true, description: 'What a removal would do at one service in one region.' })
class RemovalPlanTarget {
  @Field(() => ID, { description: 'Id of the administrator, as in administrators.' })
  readonly administrator!: string;

  @Field(() => SecurityService, { description: 'The service that would be asked.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region that would be asked.' })
  readonly region!: string;

  @Field(() => [GoingMembers], { description: 'How many members of each status would go; empty: none.' })
  readonly going!: readonly Readonly<GoingMembers>[];

  @Field(() => RemovalPlanShare, {
    nullable: true,
    description: 'What that is of all members; null when the target could not be read.',
  })
  readonly share!: Readonly<RemovalPlanShare> | null;

  @Field(() => [RemovalPlanAccount], { description: 'Every account named, in the order of their ids.' })
  readonly accounts!: readonly Readonly<RemovalPlanAccount>[];

  @Field(() => Int, {
    description:
      'The calls it would take, with 50 accounts each: all accounts travel, those too that would come back.',
  })
  readonly calls!: number;

  @Field(() => Float, {
    description:
      'Seconds until the last call could leave at the configured rate, after a rest and with nothing besides; with the ' +
      'reads that tell what Security Hub does not say of a DisassociateMembers.',
  })
  readonly seconds!: number;

  @Field(() => ReasonCode, {
    nullable: true,
    description: 'Why the target could not be read; null when it could.',
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The service's own words for why the target could not be read, without ARNs; null when it could.",
  })
  readonly reason!: string | null;
}

/** What a removal would do. */
@ObjectType({
  simpleResolvers: true,
  description: 'What a removal would do, from live reads. Nothing was removed or recorded.',
})
export class RemovalPlan {
  @Field(() => [RemovalPlanTarget], { description: 'Every service asked for in every region asked for.' })
  readonly targets!: readonly Readonly<RemovalPlanTarget>[];

  @Field(() => Int, { description: 'The calls that remove something, at all targets together.' })
  readonly calls!: number;

  @Field(() => Float, {
    description:
      'Seconds until the last call could leave: targets work side by side, so that of the slowest.',
  })
  readonly seconds!: number;

  @Field(() => String, {
    nullable: true,
    description:
      'The token to repeat the mutation with, as confirm, to do what the plan shows; null when userErrors says why not. ' +
      'It is shown this once.',
  })
  readonly confirm!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Until when the token is good: 15 minutes from the preview; null without one.',
  })
  readonly confirmExpiresAt!: Date | null;
}
