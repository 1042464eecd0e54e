import { Field, ObjectType } from 'type-graphql';
import { AwsAccountId } from '../scalars.js';

/** An AWS account, whether or not it is a member. */
@ObjectType({
  simpleResolvers: true,
  description:
    'An AWS account: its record, and where it is a member now. It need not be a member, nor exist.',
})
export class Account {
  @Field(() => AwsAccountId, { description: 'The account.' })
  readonly accountId!: string;
}
