import { Field, ID, InputType } from 'type-graphql';

/** What to withdraw. */
@InputType({ description: 'Which request to cancel.' })
export class CancelRequestInput {
  @Field(() => ID, {
    description:
      'The id of the request to cancel; begins with request_. One that has finished is NOT_CANCELABLE. One ' +
      'that does not exist, or whose administrator the caller may not use, is NOT_FOUND.',
  })
  readonly requestId!: string;
}
