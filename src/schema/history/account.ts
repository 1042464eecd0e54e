import { Field, ObjectType } from 'type-graphql';
import { AwsAccountId } from '../scalars.js';

/** An AWS account, whether or not it is a member of anything. */
@ObjectType({
  simpleResolvers: true,
  description:
    'An AWS account by its id, with all that the gateway can find out about it: what is on record, and where it is a ' +
    'member now. It need not be a member of anything, nor exist.',
})
export class Account {
  @Field(() => AwsAccountId, { description: 'Its id: 12 digits.' })
  readonly accountId!: string;
}
