import { Field, ID, Int, ObjectType } from 'type-graphql';
import type {
  CallStatus as CallStatusName,
  MembershipOperation as MembershipOperationName,
} from '../../membership.js';
import { connectionOf } from '../connection.js';
import { CallStatus, MembershipOperation } from '../enums.js';
import { LateAnswer } from './lateAnswer.js';
import { Node } from '../node.js';
import { DateTime } from '../scalars.js';
import { TargetFields } from '../targetFields.js';

/** One AWS API call. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'One AWS API call that changed members or tried to, recorded before it was sent. It has at most 50 ' +
    'accounts, the limit of both services, perhaps of several requests.',
})
export class UpstreamCall extends TargetFields implements Node {
  readonly __typename!: 'UpstreamCall';

  /** Its UUID in the record; not in the schema. */
  readonly callId!: string;

  @Field(() => ID, { description: 'Id for node; begins with call_.' })
  readonly id!: string;

  @Field(() => MembershipOperation, { description: 'The API operation.' })
  readonly operation!: MembershipOperationName;

  @Field(() => CallStatus, { description: 'Whether an answer is known, and its kind.' })
  readonly status!: CallStatusName;

  @Field(() => Int, {
    description:
      'Different accounts, 1 to 50. An account that several requests name at the same time is sent once, with ' +
      'several outcomes.',
  })
  readonly accountCount!: number;

  @Field(() => DateTime, {
    description: 'When it was recorded as SENT, at most two seconds before it was sent.',
  })
  readonly startedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When an answer, a refusal or the lack of an answer was recorded. Null while SENT.',
  })
  readonly finishedAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Milliseconds from startedAt to finishedAt. Null while SENT.',
  })
  readonly durationMs!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'HTTP status of the last answer. Null without one.',
  })
  readonly httpStatus!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'AWS request id of the last answer, for AWS Support and CloudTrail. Null without one.',
  })
  readonly awsRequestId!: string | null;

  @Field(() => Int, {
    description: 'HTTP requests of the AWS SDK for this call. 0 until the answer is recorded.',
  })
  readonly attempts!: number;

  @Field(() => String, {
    nullable: true,
    description:
      "The service's exception, such as BadRequestException, or the error if no answer came. Null if SENT or " +
      'ANSWERED.',
  })
  readonly errorCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its message, verbatim. Null if SENT or ANSWERED.',
  })
  readonly errorMessage!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Why the last attempt to read the members of an UNANSWERED call failed, such as no permission for ' +
      'GetMembers. Outcomes stay IN_FLIGHT; the gateway tries again at least once a minute. Null if none failed.',
  })
  readonly readBackError!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The caller who settled it by hand with resolveDoubt. Null if no caller did.',
  })
  readonly resolvedBy!: string | null;

  @Field(() => String, { nullable: true, description: 'The reason of that caller. Null with resolvedBy.' })
  readonly resolution!: string | null;

  @Field(() => LateAnswer, {
    nullable: true,
    description: 'An answer that came too late to count. Usually null.',
  })
  readonly lateAnswer!: LateAnswer | null;
}

/** A page of calls. */
export const UpstreamCallConnection = connectionOf(UpstreamCall, 'calls');
export type UpstreamCallConnection = InstanceType<typeof UpstreamCallConnection>;
