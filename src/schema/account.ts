import { Field, ObjectType } from 'type-graphql';
import { AwsAccountId } from './scalars.js';

/** An AWS account, as the record knows it. */
@ObjectType({
  simpleResolvers: true,
  description: 'An AWS account and what is on record about it.',
})
export class Account {
  @Field(() => AwsAccountId, { description: 'Its id: 12 digits.' })
  readonly accountId!: string;
}
