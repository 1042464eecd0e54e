import { Field, ID, InputType } from 'type-graphql';

/** The request to cancel. */
@InputType({ description: 'The request to cancel.' })
export class CancelRequestInput {
  @Field(() => ID, {
    description:
      'The id of the request. NOT_CANCELABLE if it has finished or all its open accounts are in flight; NOT_FOUND if it does not exist or the caller may ' +
      'not use its administrator.',
  })
  readonly requestId!: string;
}
