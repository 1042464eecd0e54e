import { Field, Int, ObjectType } from 'type-graphql';
import type { CallStatus as CallStatusName } from '../../membership.js';
import { CallStatus } from '../enums.js';
import { AwsAccountId, DateTime } from '../scalars.js';

/** An account that a late answer lists. */
@ObjectType({ simpleResolvers: true, description: 'An account that a late answer lists as unprocessed.' })
export class LateUnprocessedAccount {
  @Field(() => AwsAccountId, { description: 'The account, as the service wrote it.' })
  readonly accountId!: string;

  @Field(() => String, { description: "The service's own words, or an empty string." })
  readonly result!: string;
}

/** An answer that came too late to count. */
@ObjectType({
  simpleResolvers: true,
  description:
    'An answer to a worker that had lost its lane, frozen or cut off from the database. Another worker has read ' +
    'the members meanwhile; its result counts. This answer is kept for comparison.',
})
export class LateAnswer {
  @Field(() => CallStatus, { description: 'ANSWERED or REFUSED.' })
  readonly status!: CallStatusName;

  @Field(() => DateTime, { description: 'When the worker recorded it.' })
  readonly recordedAt!: Date;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the answer.' })
  readonly httpStatus!: number | null;

  @Field(() => String, { nullable: true, description: 'AWS request id of the answer.' })
  readonly awsRequestId!: string | null;

  @Field(() => String, { nullable: true, description: "The service's exception. Null if ANSWERED." })
  readonly errorCode!: string | null;

  @Field(() => String, { nullable: true, description: 'Its message, verbatim. Null if ANSWERED.' })
  readonly errorMessage!: string | null;

  @Field(() => [LateUnprocessedAccount], { description: 'The accounts that it lists as unprocessed.' })
  readonly unprocessed!: readonly LateUnprocessedAccount[];
}
