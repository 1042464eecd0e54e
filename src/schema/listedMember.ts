import { Field, ObjectType } from 'type-graphql';
import { AwsAccountId, DateTime, EmailAddress } from './scalars.js';
import { TargetFields } from './targetFields.js';

/** The fields of a member account as a service lists it. No type of the schema by itself. */
@ObjectType({ simpleResolvers: true })
export abstract class ListedMember extends TargetFields {
  @Field(() => AwsAccountId, { description: 'The account.' })
  readonly accountId!: string;

  @Field(() => EmailAddress, {
    nullable: true,
    description: 'The e-mail address at the service, if any.',
  })
  readonly email!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "GuardDuty's RelationshipStatus or Security Hub's MemberStatus, as written. Null if it gave none.",
  })
  readonly serviceStatus!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "When it was last invited, by AWS's clock. Null: never.",
  })
  readonly invitedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "When the entry last changed, by AWS's clock. Null if the service does not say.",
  })
  readonly updatedAt!: Date | null;
}
