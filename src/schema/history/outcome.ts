import { Field, ID, Int, ObjectType } from 'type-graphql';
import type {
  MembershipOperation as MembershipOperationName,
  OutcomeStatus as OutcomeStatusName,
  ReasonCode as ReasonCodeName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { connectionOf } from '../connection.js';
import { MembershipOperation, OutcomeStatus, SecurityService } from '../enums.js';
import { Node } from '../node.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsAccountId, AwsRegion, DateTime, EmailAddress } from '../scalars.js';

/** One account of one request at one target. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'What became of one account of one request at one target (administrator, service and region). Every ' +
    'account asked for has exactly one outcome at every target, from the moment the request is recorded.',
})
export class Outcome implements Node {
  readonly __typename!: 'Outcome';

  /** UUID of the request it belongs to; not in the schema. */
  readonly requestId!: string;

  /** Decimal digits of the target it belongs to; not in the schema. */
  readonly targetId!: string;

  /** UUID of the last call that carried it, null before the first; not in the schema. */
  readonly callId!: string | null;

  @Field(() => ID, {
    description: 'Opaque and stable id, for node; begins with outcome_ and ends with the account id.',
  })
  readonly id!: string;

  @Field(() => AwsAccountId, { description: 'The account asked for: 12 digits.' })
  readonly accountId!: string;

  @Field(() => EmailAddress, {
    nullable: true,
    description: 'The e-mail address given for the account; null when none was, and for invitations.',
  })
  readonly email!: string | null;

  @Field(() => MembershipOperation, { description: 'What the request does to the account.' })
  readonly operation!: MembershipOperationName;

  @Field(() => ID, { description: 'Id of the administrator, as in administrators.' })
  readonly administrator!: string;

  @Field(() => SecurityService, { description: 'The service that was, or is to be, asked.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region that was, or is to be, asked.' })
  readonly region!: string;

  @Field(() => OutcomeStatus, { description: 'How it stands. Final statuses never change again.' })
  readonly status!: OutcomeStatusName;

  @Field(() => ReasonCode, {
    nullable: true,
    description:
      'Why it was not processed, as a stable code. Null while PENDING or IN_FLIGHT, and when PROCESSED or ' +
      'CANCELED.',
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The service's own words, verbatim: result of GuardDuty, ProcessingResult of Security Hub, or the " +
      'message of the exception that refused the call. Where no service said anything, a sentence of the ' +
      'gateway. Branch on reasonCode instead: AWS changes its texts.',
  })
  readonly reason!: string | null;

  @Field(() => Boolean, {
    description:
      'True when it ended UNPROCESSED or FAILED for a reason that may pass by itself, so that asking ' +
      'again is worth it: BATCH_LIMIT_EXCEEDED, THROTTLED, INTERNAL_ERROR or UNREACHABLE.',
  })
  readonly retryable!: boolean;

  @Field(() => Int, {
    description:
      'How many calls have carried this account for this request: 0 before the first, more than 1 after ' +
      'retries. Wire attempts inside one call are in UpstreamCall.attempts.',
  })
  readonly sends!: number;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it reached its final status; null while it is PENDING or IN_FLIGHT.',
  })
  readonly settledAt!: Date | null;
}

/** A page of outcomes. */
export const OutcomeConnection = connectionOf(Outcome, 'outcomes');
export type OutcomeConnection = InstanceType<typeof OutcomeConnection>;
