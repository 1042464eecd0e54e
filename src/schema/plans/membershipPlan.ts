import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type {
  MemberStatus as MemberStatusName,
  ReasonCode as ReasonCodeName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { describedEnum, SecurityService } from '../enums.js';
import { MemberStatus } from '../memberStatus.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsAccountId, AwsRegion } from '../scalars.js';

type PlanVerdictName =
  | 'WOULD_CREATE'
  | 'WOULD_INVITE'
  | 'ALREADY_MEMBER'
  | 'ALREADY_INVITED'
  | 'NOT_CREATED'
  | 'SELF'
  | 'EMAIL_MISSING'
  | 'OVER_LIMIT'
  | 'UNKNOWN';

/** What would become of an account. */
const PlanVerdict = describedEnum<PlanVerdictName>(
  'PlanVerdict',
  'What would become of one account at one target, by what the services show now. The services decide anew when ' +
    'asked: an account that belongs to another administrator, say, shows only then.',
  {
    WOULD_CREATE:
      'CreateMembers is expected to take it: a new member, or one that was removed, resigned or deleted.',
    WOULD_INVITE: 'InviteMembers is expected to take it.',
    ALREADY_MEMBER: 'It would come back unprocessed: a member already.',
    ALREADY_INVITED: 'It would come back unprocessed: invited already, or an active member.',
    NOT_CREATED: 'It would come back unprocessed: it has to be created as a member first.',
    SELF: 'It would come back unprocessed: it is the account of the administrator itself.',
    EMAIL_MISSING:
      "GuardDuty's CreateMembers requires an e-mail address: without dryRun the whole mutation would be refused with " +
      'EMAIL_REQUIRED.',
    OVER_LIMIT:
      'It would come back unprocessed: the service takes no more members (50,000 in GuardDuty, 10,000 in Security Hub) ' +
      'or, in Security Hub, no more than 1,000 open invitations. How many are over is certain, which of them is not.',
    UNKNOWN: 'The target could not be read: reasonCode of the target says why.',
  },
);

/** One account of a plan. */
@ObjectType({ simpleResolvers: true, description: 'One account of a plan at one target.' })
export class PlannedAccount {
  @Field(() => AwsAccountId, { description: 'The account: 12 digits.' })
  readonly accountId!: string;

  @Field(() => PlanVerdict, { description: 'What would become of it.' })
  readonly verdict!: PlanVerdictName;

  @Field(() => MemberStatus, {
    nullable: true,
    description: 'Where it stands there now; null when the target could not be read.',
  })
  readonly memberStatus!: MemberStatusName | null;
}

/** One target of a plan. */
@ObjectType({ simpleResolvers: true, description: 'What a request would do at one service in one region.' })
export class PlannedTarget {
  @Field(() => ID, { description: 'Id of the administrator, as in administrators.' })
  readonly administrator!: string;

  @Field(() => SecurityService, { description: 'The service that would be asked.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region that would be asked.' })
  readonly region!: string;

  @Field(() => [PlannedAccount], { description: 'Every account of the request, in the order of their ids.' })
  readonly accounts!: readonly Readonly<PlannedAccount>[];

  @Field(() => Int, {
    description:
      'The calls it would take, with 50 accounts each: all accounts travel, those too that would come back.',
  })
  readonly calls!: number;

  @Field(() => Float, {
    description:
      'Seconds until the last call could leave at the configured rate, after a rest and with nothing besides.',
  })
  readonly seconds!: number;

  @Field(() => Boolean, {
    description:
      'False when the members were too many to be counted within 20 seconds, or could not be listed: then OVER_LIMIT ' +
      'may be missing.',
  })
  readonly limitChecked!: boolean;

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

/** What a request would do. */
@ObjectType({
  simpleResolvers: true,
  description:
    'What a request would do, from live reads and the known ceilings. Nothing was recorded, and nothing but reads was sent.',
})
export class MembershipPlan {
  @Field(() => [PlannedTarget], { description: 'Every service asked for in every region asked for.' })
  readonly targets!: readonly Readonly<PlannedTarget>[];

  @Field(() => Int, { description: 'The calls that change something, at all targets together.' })
  readonly calls!: number;

  @Field(() => Float, {
    description:
      'Seconds until the last call could leave: targets work side by side, so that of the slowest.',
  })
  readonly seconds!: number;
}
