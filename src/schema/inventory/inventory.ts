import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type {
  MemberStatus as MemberStatusName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { connectionOf } from '../connection.js';
import { SecurityService } from '../enums.js';
import { ListedMember } from '../listedMember.js';
import { MemberStatus } from '../memberStatus.js';
import { AwsAccountId, AwsRegion, DateTime } from '../scalars.js';

/** A member account in the last complete observation of its target. */
@ObjectType({
  simpleResolvers: true,
  description:
    'One account at one target, from the last complete observation: ListMembers with onlyAssociated false. It ' +
    'lists created, invited, removed and resigned accounts too, but no deleted ones and none that never were ' +
    'members.',
})
export class InventoryMember extends ListedMember {
  @Field(() => MemberStatus, {
    description: 'The status; never NOT_A_MEMBER.',
  })
  readonly status!: MemberStatusName;

  @Field(() => DateTime, {
    description:
      'When the observation of the target began. It saw this entry a moment or, with very many members, some ' +
      'minutes later.',
  })
  readonly observedAt!: Date;
}

/** A page of the inventory. */
export const InventoryMemberConnection = connectionOf(InventoryMember, 'members of the inventory');
export type InventoryMemberConnection = InstanceType<typeof InventoryMemberConnection>;

/** Selects members of the inventory. */
@InputType({
  description:
    'Selects members which meet all given conditions. Null conditions do not narrow; an empty list matches ' +
    'nothing.',
})
export class InventoryFilter {
  @Field(() => ID, {
    nullable: true,
    description: 'Only this administrator, which the caller may use.',
  })
  readonly administrator?: string | null;

  @Field(() => SecurityService, { nullable: true, description: 'Only this service.' })
  readonly service?: SecurityServiceName | null;

  @Field(() => AwsRegion, {
    nullable: true,
    description: 'Only this region, which is configured.',
  })
  readonly region?: string | null;

  @Field(() => [AwsAccountId], {
    nullable: true,
    description: 'Only these accounts, at most 1,000.',
  })
  readonly accountId?: readonly string[] | null;

  @Field(() => [MemberStatus], {
    nullable: true,
    description:
      'Only these statuses, such as REMOVED, RESIGNED or EMAIL_VERIFICATION_FAILED. NOT_A_MEMBER matches nothing.',
  })
  readonly status?: readonly MemberStatusName[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only members last invited before this moment, with any status.',
  })
  readonly invitedBefore?: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Only members INVITED more than this many days ago and still unanswered: 0 to 36,500.',
  })
  readonly invitationOlderThanDays?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True: only members that a recorded request created or invited at their target. False: only the others. ' +
      'Erased requests do not count.',
  })
  readonly requested?: boolean | null;
}
