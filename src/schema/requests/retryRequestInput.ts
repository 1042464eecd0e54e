import { Field, ID, InputType } from 'type-graphql';
import { RecordOptions } from './recordOptions.js';

/** What to send again. */
@InputType({ description: 'Which request to retry, and how much of it.' })
export class RetryRequestInput extends RecordOptions {
  @Field(() => ID, {
    description:
      'The id of the request to retry; begins with request_. It has finished: one that has not is ' +
      'NOT_RETRYABLE. One that does not exist, or whose administrator the caller may not use, is NOT_FOUND.',
  })
  readonly requestId!: string;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description:
      'True: only outcomes with retryable true, where another send may help by itself. False: everything ' +
      'that ended UNPROCESSED or FAILED, for when you have removed the cause (a service that was off, a ' +
      'missing permission). Null means true. Outcomes that were CANCELED are never taken.',
  })
  readonly onlyRetryable?: boolean | null;
}
