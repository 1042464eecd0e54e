import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type {
  MemberStatus as MemberStatusName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { connectionOf } from '../connection.js';
import { SecurityService } from '../enums.js';
import { MemberStatus } from '../memberStatus.js';
import { AwsAccountId, AwsRegion, DateTime, EmailAddress } from '../scalars.js';

/** A member account as the last whole observation of its target saw it. */
@ObjectType({
  simpleResolvers: true,
  description:
    'One account at one service in one region, as the last whole observation of that target saw it: ListMembers with ' +
    'onlyAssociated false. That list shows accounts that were created, invited, removed or resigned as well, and hides what ' +
    'was deleted, and accounts that never were members. It is as old as observedAt says.',
})
export class InventoryMember {
  @Field(() => AwsAccountId, { description: 'The member account: 12 digits.' })
  readonly accountId!: string;

  @Field(() => EmailAddress, {
    nullable: true,
    description: 'The e-mail address that the service has for it; null when it has none.',
  })
  readonly email!: string | null;

  @Field(() => ID, { description: 'Id of its administrator, as in administrators.' })
  readonly administrator!: string;

  @Field(() => SecurityService, { description: 'The service that lists it.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region in which it does.' })
  readonly region!: string;

  @Field(() => MemberStatus, {
    description: 'Where the account stood, in one vocabulary for both services; never NOT_A_MEMBER.',
  })
  readonly status!: MemberStatusName;

  @Field(() => String, {
    nullable: true,
    description:
      'RelationshipStatus of GuardDuty or MemberStatus of Security Hub, as the service wrote it; null when it gave none.',
  })
  readonly serviceStatus!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "When the account was last invited, by AWS's clock; null when it never was.",
  })
  readonly invitedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "When the entry last changed, by AWS's clock; null when the service does not say.",
  })
  readonly updatedAt!: Date | null;

  @Field(() => DateTime, {
    description:
      'How old this is: the observation of the whole target began then, and saw this entry a moment or, with very many ' +
      'members, some minutes later.',
  })
  readonly observedAt!: Date;
}

/** A page of the inventory. */
export const InventoryMemberConnection = connectionOf(InventoryMember, 'members of the inventory');
export type InventoryMemberConnection = InstanceType<typeof InventoryMemberConnection>;

/** Which members of the inventory a list holds. */
@InputType({
  description:
    'Which members of the inventory to list: those that meet every condition given. Absent and null conditions do not ' +
    'narrow; an empty list matches nothing.',
})
export class InventoryFilter {
  @Field(() => ID, {
    nullable: true,
    description: 'Only members of this administrator. One that the caller may not use is BAD_USER_INPUT.',
  })
  readonly administrator?: string | null;

  @Field(() => SecurityService, { nullable: true, description: 'Only members at this service.' })
  readonly service?: SecurityServiceName | null;

  @Field(() => AwsRegion, {
    nullable: true,
    description: 'Only members in this region. One that is not configured is BAD_USER_INPUT.',
  })
  readonly region?: string | null;

  @Field(() => [AwsAccountId], {
    nullable: true,
    description: 'Only these accounts: 1,000 at most, 12 digits each.',
  })
  readonly accountId?: readonly string[] | null;

  @Field(() => [MemberStatus], {
    nullable: true,
    description:
      'Only members with one of these statuses: REMOVED and RESIGNED, say, or EMAIL_VERIFICATION_FAILED. NOT_A_MEMBER ' +
      'matches nothing.',
  })
  readonly status?: readonly MemberStatusName[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only members that were last invited before this moment, whatever became of it.',
  })
  readonly invitedBefore?: Date | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Only members that are INVITED, and were so more than this many days ago: invitations that nobody has answered. 0 to ' +
      '36,500.',
  })
  readonly invitationOlderThanDays?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'False: only members that no request on record asked to create or invite at that administrator, service and region, ' +
      'so that somebody else did. True: only those that one did. Where outcomes are erased for their age, older requests are ' +
      'not on record any more.',
  })
  readonly requested?: boolean | null;
}
