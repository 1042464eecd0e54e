import { Field, ID, Int, ObjectType } from 'type-graphql';
import type {
  MembershipOperation as MembershipOperationName,
  OutcomeStatus as OutcomeStatusName,
  ReasonCode as ReasonCodeName,
} from '../../membership.js';
import { connectionOf } from '../connection.js';
import { MembershipOperation, OutcomeStatus } from '../enums.js';
import { Node } from '../node.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsAccountId, DateTime, EmailAddress } from '../scalars.js';
import { TargetFields } from '../targetFields.js';

/** One account of one request at one target. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'The result for one account of a request at one target (administrator, service and region). Once the ' +
    'request is recorded, each account has exactly one outcome at every target.',
})
export class Outcome extends TargetFields implements Node {
  readonly __typename!: 'Outcome';

  /** UUID of its request; not in the schema. */
  readonly requestId!: string;

  /** Decimal digits of its target; not in the schema. */
  readonly targetId!: string;

  /** UUID of the last call with the account, null before the first; not in the schema. */
  readonly callId!: string | null;

  @Field(() => ID, {
    description: 'Id for node; begins with outcome_ and ends with the account id.',
  })
  readonly id!: string;

  @Field(() => AwsAccountId, { description: 'The account.' })
  readonly accountId!: string;

  @Field(() => EmailAddress, {
    nullable: true,
    description: 'The e-mail address in the input. Null without one, and for invitations.',
  })
  readonly email!: string | null;

  @Field(() => MembershipOperation, { description: 'The operation of the request.' })
  readonly operation!: MembershipOperationName;

  @Field(() => OutcomeStatus, { description: 'The status. A final status never changes.' })
  readonly status!: OutcomeStatusName;

  @Field(() => ReasonCode, {
    nullable: true,
    description:
      'Why the account was not processed. Null unless UNPROCESSED or FAILED; ALREADY_MEMBER if PROCESSED because the ' +
      'request takes members for done (alreadyMember).',
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The service's words, verbatim: GuardDuty's result, Security Hub's ProcessingResult or the exception's " +
      "message; the gateway's own if the service gave none. AWS changes its texts: branch on reasonCode.",
  })
  readonly reason!: string | null;

  @Field(() => Boolean, {
    description:
      'True if UNPROCESSED or FAILED for a retryable reasonCode, so that asking again is worth it.',
  })
  readonly retryable!: boolean;

  @Field(() => Int, {
    description:
      'Calls with this account for this request that left, or are under way: 0 before the first, more than 1 after ' +
      'retries. A call that never had a connection does not count. UpstreamCall.attempts counts HTTP requests.',
  })
  readonly sends!: number;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the status became final. Null while PENDING or IN_FLIGHT.',
  })
  readonly settledAt!: Date | null;
}

/** A page of outcomes. */
export const OutcomeConnection = connectionOf(Outcome, 'outcomes');
export type OutcomeConnection = InstanceType<typeof OutcomeConnection>;
