import { Field, ID, InputType } from 'type-graphql';
import { RecordOptions } from './recordOptions.js';

/** The request to retry. */
@InputType({ description: 'The request to retry, and which of its outcomes.' })
export class RetryRequestInput extends RecordOptions {
  @Field(() => ID, {
    description:
      'The id of the request. NOT_RETRYABLE if it has not finished; NOT_FOUND if it does not exist or the caller ' +
      'may not use its administrator.',
  })
  readonly requestId!: string;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description:
      'True or null: only retryable outcomes. False: all UNPROCESSED and FAILED outcomes, once their cause is ' +
      'removed, such as a disabled service or a missing permission. CANCELED outcomes are never retried.',
  })
  readonly onlyRetryable?: boolean | null;
}
