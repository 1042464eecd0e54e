import { Field, Int, ObjectType } from 'type-graphql';
import type { CallStatus as CallStatusName } from '../../membership.js';
import { CallStatus } from '../enums.js';
import { AwsAccountId, DateTime } from '../scalars.js';

/** An account that a late answer lists. */
@ObjectType({ simpleResolvers: true, description: 'An account that a late answer lists as unprocessed.' })
export class LateUnprocessedAccount {
  @Field(() => AwsAccountId, { description: 'The account, as the service named it.' })
  readonly accountId!: string;

  @Field(() => String, { description: "The service's own words; empty when it gave none." })
  readonly result!: string;
}

/** What was heard of a call too late. */
@ObjectType({
  simpleResolvers: true,
  description:
    'An answer that came after the worker that sent the call had lost its lane, because it was frozen or cut off from ' +
    'the database for a while. By then another worker had read the members back, and the outcomes follow from that; the ' +
    'answer is kept here for people to compare.',
})
export class LateAnswer {
  @Field(() => CallStatus, { description: 'ANSWERED or REFUSED.' })
  readonly status!: CallStatusName;

  @Field(() => DateTime, { description: 'When the worker wrote it down.' })
  readonly recordedAt!: Date;

  @Field(() => Int, { nullable: true, description: 'Status of the HTTP answer.' })
  readonly httpStatus!: number | null;

  @Field(() => String, { nullable: true, description: "AWS's request id of the answer." })
  readonly awsRequestId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The service's exception name; null when it is ANSWERED.",
  })
  readonly errorCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The exception's message, verbatim; null when it is ANSWERED.",
  })
  readonly errorMessage!: string | null;

  @Field(() => [LateUnprocessedAccount], { description: 'Accounts that the answer lists as unprocessed.' })
  readonly unprocessed!: readonly LateUnprocessedAccount[];
}
