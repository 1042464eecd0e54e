import { Field, Float, Int, ObjectType } from 'type-graphql';
import type {
  MemberStatus as MemberStatusName,
  RemovalVerdict as RemovalVerdictName,
} from '../../membership.js';
import { describedEnum } from '../enums.js';
import { MemberStatus } from '../memberStatus.js';
import { DateTime } from '../scalars.js';
import { PlanAccount, planOf, PlanTarget } from './plan.js';

/** The expected result for an account. */
const RemovalVerdict = describedEnum<RemovalVerdictName>(
  'RemovalVerdict',
  'The expected result for an account at a target, from what the service shows now. The service decides ' +
    'again.',
  {
    WOULD_DISASSOCIATE:
      'DisassociateMembers should accept it: a member, or an open invitation. The settings of an organization may forbid it: ' +
      'organizationForbids.',
    WOULD_DELETE:
      'DeleteMembers should accept it: the entry and its details would be gone. The settings of an organization may forbid it: ' +
      'organizationForbids.',
    NOT_A_MEMBER: 'Unprocessed, NOT_ASSOCIATED: not on the list.',
    NOT_ASSOCIATED:
      'Unprocessed: on the list, not associated. It was never active, resigned, or was disassociated before.',
    STILL_ASSOCIATED: 'Unprocessed: it must be disassociated first.',
    SELF: 'Unprocessed: it is the administrator itself.',
    UNKNOWN: 'The account could not be read: see the reasonCode of the target.',
  },
);

/** One account of a removal plan. */
@ObjectType({ simpleResolvers: true, description: 'One account of a removal plan.' })
class RemovalPlanAccount extends PlanAccount {
  @Field(() => RemovalVerdict, { description: 'The expected result.' })
  readonly verdict!: RemovalVerdictName;
}

/** The number of members with one status that a removal would remove. */
@ObjectType({
  simpleResolvers: true,
  description: 'The members with one status that would go.',
})
class GoingMembers {
  @Field(() => MemberStatus, { description: 'Their status now.' })
  readonly status!: MemberStatusName;

  @Field(() => Int, { description: 'Number of members.' })
  readonly members!: number;
}

/** The share of a target that a removal would remove, and the limit. */
@ObjectType({
  simpleResolvers: true,
  description:
    'The accounts of the input and of other removals against the limit of a day at a target: ' +
    'REMOVAL_SHARE_PERCENT (10 by default) of its members, rounded down, but at least one. For deleteMembers all entries count, for ' +
    'disassociateMembers those not removed, resigned or deleted. An account that cannot be removed now counts ' +
    'too, since it may be removable by the time of the request.',
})
class RemovalPlanShare {
  @Field(() => Float, { description: 'The limit in per cent.' })
  readonly percent!: number;

  @Field(() => Int, { description: 'Accounts of the input that count.' })
  readonly counted!: number;

  @Field(() => Int, {
    description:
      'Other accounts that any caller has removed within a day, or that a recorded removal has still to remove.',
  })
  readonly removedWithinDay!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Members that count: from an inventory of the last hour, else from ListMembers, which stops once they ' +
      'suffice. Null if not needed, or not counted within 20 seconds: refreshInventory counts in the background.',
  })
  readonly members!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The limit in members, of members and those removed within a day. Null if members is null.',
  })
  readonly mayGo!: number | null;
}

/** One target of a removal plan. */
@ObjectType({ simpleResolvers: true, description: 'The removal plan for one target.' })
class RemovalPlanTarget extends PlanTarget {
  @Field(() => [GoingMembers], { description: 'The members that would go, by status.' })
  readonly going!: readonly Readonly<GoingMembers>[];

  @Field(() => RemovalPlanShare, {
    nullable: true,
    description:
      'Their share of all members. Accounts that could not be read count. Null if none could be read.',
  })
  readonly share!: Readonly<RemovalPlanShare> | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the settings of the organization forbid this removal for its accounts (MANAGED_BY_ORGANIZATION): GuardDuty with ' +
      'auto-enable ALL, and each deletion from Security Hub. Accounts outside the organization may go. Null if the administrator ' +
      "is not the organization's or may not ask (DescribeOrganizationConfiguration), and if nothing would go.",
  })
  readonly organizationForbids!: boolean | null;

  @Field(() => [RemovalPlanAccount], { description: 'Every account of the input, by id.' })
  readonly accounts!: readonly Readonly<RemovalPlanAccount>[];
}

/** The effect that a removal would have. */
@ObjectType({
  simpleResolvers: true,
  description: 'What a removal would do, from live reads. Nothing was recorded or removed.',
})
export class RemovalPlan extends planOf(RemovalPlanTarget) {
  @Field(() => String, {
    nullable: true,
    description:
      'The token for confirm, which does what this plan shows. Shown only once. Null if userErrors says why there ' +
      'is none (REMOVAL_LIMIT_EXCEEDED, PREVIEW_INCOMPLETE).',
  })
  readonly confirm!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the token expires: 15 minutes after the preview.',
  })
  readonly confirmExpiresAt!: Date | null;
}
