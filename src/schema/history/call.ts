import { Field, ID, Int, ObjectType } from 'type-graphql';
import type {
  CallStatus as CallStatusName,
  MembershipOperation as MembershipOperationName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { connectionOf } from '../connection.js';
import { CallStatus, MembershipOperation, SecurityService } from '../enums.js';
import { LateAnswer } from './lateAnswer.js';
import { Node } from '../node.js';
import { AwsRegion, DateTime } from '../scalars.js';

/** One AWS API call. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'One AWS API call that changed, or was to change, member accounts. It carries up to 50 accounts, the ' +
    'most either service takes, possibly of several requests; it is recorded before it leaves.',
})
export class UpstreamCall implements Node {
  readonly __typename!: 'UpstreamCall';

  /** Its UUID in the record; not in the schema. */
  readonly callId!: string;

  @Field(() => ID, { description: 'Opaque and stable id, for node; begins with call_.' })
  readonly id!: string;

  @Field(() => MembershipOperation, { description: 'The API operation that was called.' })
  readonly operation!: MembershipOperationName;

  @Field(() => ID, {
    description: 'Id of the administrator whose credentials signed it, as in administrators.',
  })
  readonly administrator!: string;

  @Field(() => SecurityService, { description: 'The service that was called.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region that was called.' })
  readonly region!: string;

  @Field(() => CallStatus, { description: 'Whether an answer is known, and which kind.' })
  readonly status!: CallStatusName;

  @Field(() => Int, {
    description:
      'Distinct accounts it carried, 1 to 50. It may have more outcomes than that: an account that ' +
      'several requests ask for at the same time travels once.',
  })
  readonly accountCount!: number;

  @Field(() => DateTime, { description: 'When it was recorded as SENT, just before it left.' })
  readonly startedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When its answer, refusal or lack of an answer was recorded; null while it is SENT.',
  })
  readonly finishedAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Milliseconds from startedAt to finishedAt; null while it is SENT.',
  })
  readonly durationMs!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Status of the last HTTP answer, for instance 200; null when none came, or none yet.',
  })
  readonly httpStatus!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The request id of the last answer, which AWS Support and CloudTrail know it by; null when none came.',
  })
  readonly awsRequestId!: string | null;

  @Field(() => Int, {
    description: 'Requests that the AWS SDK put on the wire for this call; 0 until the answer is recorded.',
  })
  readonly attempts!: number;

  @Field(() => String, {
    nullable: true,
    description:
      "The service's exception name, for instance BadRequestException, or the name of the error when no " +
      'answer came. Null while it is SENT and when it is ANSWERED.',
  })
  readonly errorCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The exception's or the error's message, verbatim. Null while it is SENT and when it is ANSWERED.",
  })
  readonly errorMessage!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Why the last attempt to read the accounts of an UNANSWERED call back told nothing, for instance because the ' +
      'administrator may not call GetMembers. Its outcomes stay IN_FLIGHT meanwhile, and it is tried again at least once ' +
      'a minute. Null when no attempt has failed.',
  })
  readonly readBackError!: string | null;

  @Field(() => LateAnswer, {
    nullable: true,
    description: 'What the service answered after all, when that came too late to count; null as a rule.',
  })
  readonly lateAnswer!: LateAnswer | null;
}

/** A page of calls. */
export const UpstreamCallConnection = connectionOf(UpstreamCall, 'calls');
export type UpstreamCallConnection = InstanceType<typeof UpstreamCallConnection>;
