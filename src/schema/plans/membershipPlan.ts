import { Field, ObjectType } from 'type-graphql';
import type { AlreadyMember as AlreadyMemberName, PlanVerdict as PlanVerdictName } from '../../membership.js';
import { AlreadyMember, describedEnum } from '../enums.js';
import { PlanAccount, planOf, PlanTarget } from './plan.js';

/** The expected result for an account. */
const PlanVerdict = describedEnum<PlanVerdictName>(
  'PlanVerdict',
  'The expected result for an account at a target, from what the service shows now. The service decides ' +
    'again: only then, for instance, another administrator shows.',
  {
    WOULD_CREATE:
      'CreateMembers should accept it: a new member, or one that was removed, resigned or deleted.',
    WOULD_INVITE:
      'InviteMembers should accept it. It refuses an account of the organization that was disassociated ' +
      '(MANAGED_BY_ORGANIZATION): createMembers brings that back.',
    ALREADY_MEMBER:
      'Already a member: UNPROCESSED, or PROCESSED if alreadyMember says so. GuardDuty processes an account of the organization all the same, and applies ' +
      "the organization's settings to it again.",
    ALREADY_INVITED: 'Unprocessed: already invited, or an active member.',
    NOT_CREATED: 'Unprocessed: it must be created as a member first.',
    SELF: 'Unprocessed: it is the administrator itself.',
    EMAIL_MISSING:
      'GuardDuty requires an e-mail address: without dryRun the whole mutation gets EMAIL_REQUIRED.',
    EMAIL_VERIFICATION_FAILED:
      "InviteMembers sends no invitation: the member's e-mail address is not the account's. Delete the member and " +
      'create it again with the right one; reconcile lists it in toRecreate.',
    OVER_LIMIT:
      'Unprocessed: no room for more members (50,000 in GuardDuty, 10,000 in Security Hub) or open invitations ' +
      '(1,000 in Security Hub). The number of such accounts is certain, the choice is not.',
    UNKNOWN: 'The account could not be read: see the reasonCode of the target.',
  },
);

/** One account of a plan. */
@ObjectType({ simpleResolvers: true, description: 'One account of a plan.' })
export class PlannedAccount extends PlanAccount {
  @Field(() => PlanVerdict, { description: 'The expected result.' })
  readonly verdict!: PlanVerdictName;
}

/** One target of a plan. */
@ObjectType({ simpleResolvers: true, description: 'The plan for one target.' })
class PlannedTarget extends PlanTarget {
  @Field(() => [PlannedAccount], { description: 'Every account of the input, by id.' })
  readonly accounts!: readonly Readonly<PlannedAccount>[];

  @Field(() => Boolean, {
    description:
      'False if the members could not be counted within 20 seconds, or accounts not be read: OVER_LIMIT may be missing.',
  })
  readonly limitChecked!: boolean;
}

/** The effect that a request would have. */
@ObjectType({
  simpleResolvers: true,
  description:
    'What a request would do, from live reads and the known limits. Nothing was recorded, and only reads were ' +
    'sent.',
})
export class MembershipPlan extends planOf(PlannedTarget) {
  @Field(() => AlreadyMember, {
    nullable: true,
    description: 'How the accounts with the verdict ALREADY_MEMBER would count. Null for invitations.',
  })
  readonly alreadyMember?: AlreadyMemberName | null;
}
