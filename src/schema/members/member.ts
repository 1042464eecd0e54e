import { Field, ID, ObjectType } from 'type-graphql';
import type {
  MemberStatus as MemberStatusName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { connectionOf } from '../connection.js';
import { SecurityService } from '../enums.js';
import { MemberStatus } from '../memberStatus.js';
import { AwsAccountId, AwsRegion, DateTime, EmailAddress } from '../scalars.js';

/** A member account as a service shows it now. */
@ObjectType({
  simpleResolvers: true,
  description:
    'One account at one service in one region, as that service shows it to its administrator. Read from AWS for ' +
    'this answer, or observed at most maxAgeSeconds ago, never from the record: it shows what others did as well, in the ' +
    'console or through Organizations.',
})
export class Member {
  @Field(() => AwsAccountId, { description: 'The member account: 12 digits.' })
  readonly accountId!: string;

  @Field(() => EmailAddress, {
    nullable: true,
    description:
      'The e-mail address that the service has for it; null when it has none or does not know the account.',
  })
  readonly email!: string | null;

  @Field(() => ID, { description: 'Id of the administrator that was asked as, as in administrators.' })
  readonly administrator!: string;

  @Field(() => SecurityService, { description: 'The service that was asked.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region that was asked.' })
  readonly region!: string;

  @Field(() => MemberStatus, {
    description: 'Where the account stands, in one vocabulary for both services.',
  })
  readonly status!: MemberStatusName;

  @Field(() => String, {
    nullable: true,
    description:
      'RelationshipStatus of GuardDuty or MemberStatus of Security Hub, as the service wrote it; null for ' +
      'NOT_A_MEMBER.',
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
      'How old this is: the service was asked then, or a moment later. Nothing is cached in between unless maxAgeSeconds ' +
      'asks for it; what comes from the inventory was seen while all members of the target were listed, from then on.',
  })
  readonly observedAt!: Date;
}

/** A page of members. */
export const MemberConnection = connectionOf(Member, 'members');
export type MemberConnection = InstanceType<typeof MemberConnection>;
