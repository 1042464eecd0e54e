import { Field, ID, InputType } from 'type-graphql';
import type {
  CallStatus as CallStatusName,
  MembershipOperation as MembershipOperationName,
  OutcomeStatus as OutcomeStatusName,
  ReasonCode as ReasonCodeName,
  RequestStatus as RequestStatusName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { CallStatus, MembershipOperation, OutcomeStatus, RequestStatus, SecurityService } from '../enums.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsAccountId, AwsRegion, DateTime } from '../scalars.js';

const RULE = 'Absent and null conditions do not narrow; an empty list matches nothing.';

/** Which requests a list holds. */
@InputType({ description: `Which requests to list: those that meet every condition given. ${RULE}` })
export class RequestFilter {
  @Field(() => [MembershipOperation], {
    nullable: true,
    description: 'Only requests for one of these operations.',
  })
  readonly operation?: readonly MembershipOperationName[] | null;

  @Field(() => [RequestStatus], {
    nullable: true,
    description: 'Only requests with one of these statuses, as they stand now.',
  })
  readonly status?: readonly RequestStatusName[] | null;

  @Field(() => String, { nullable: true, description: 'Only requests of the caller with this id.' })
  readonly requestedBy?: string | null;

  @Field(() => AwsAccountId, {
    nullable: true,
    description: 'Only requests that named this account: 12 digits.',
  })
  readonly accountId?: string | null;

  @Field(() => SecurityService, { nullable: true, description: 'Only requests that go to this service.' })
  readonly service?: SecurityServiceName | null;

  @Field(() => AwsRegion, { nullable: true, description: 'Only requests that go to this region.' })
  readonly region?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only requests made for this administrator.' })
  readonly administrator?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Only requests whose note contains this text, in upper or lower case. No index holds notes: a page looks through ' +
      '2,000 requests that meet the other conditions and then ends, with hasNextPage true; narrow it by them.',
  })
  readonly note?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only requests made at this moment or later.',
  })
  readonly createdAfter?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only requests made before this moment; later than createdAfter, else BAD_USER_INPUT.',
  })
  readonly createdBefore?: Date | null;
}

/** Which outcomes a list holds. */
@InputType({ description: `Which outcomes to list: those that meet every condition given. ${RULE}` })
export class OutcomeFilter {
  @Field(() => ID, {
    nullable: true,
    description:
      'Only outcomes of the MembershipRequest with this id. The id of anything else is BAD_USER_INPUT; ' +
      'that of a request nobody made, or that the caller may not see, matches nothing.',
  })
  readonly requestId?: string | null;

  @Field(() => [AwsAccountId], {
    nullable: true,
    description:
      'Only outcomes of these accounts, over all requests: the history of an account. At most 100, 12 digits each.',
  })
  readonly accountId?: readonly string[] | null;

  @Field(() => [MembershipOperation], {
    nullable: true,
    description: 'Only outcomes of one of these operations.',
  })
  readonly operation?: readonly MembershipOperationName[] | null;

  @Field(() => [OutcomeStatus], {
    nullable: true,
    description: 'Only outcomes with one of these statuses.',
  })
  readonly status?: readonly OutcomeStatusName[] | null;

  @Field(() => [ReasonCode], {
    nullable: true,
    description: 'Only outcomes that ended for one of these reasons.',
  })
  readonly reasonCode?: readonly ReasonCodeName[] | null;

  @Field(() => SecurityService, { nullable: true, description: 'Only outcomes at this service.' })
  readonly service?: SecurityServiceName | null;

  @Field(() => AwsRegion, { nullable: true, description: 'Only outcomes in this region.' })
  readonly region?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only outcomes at this administrator.' })
  readonly administrator?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Only outcomes that reached their final status at this moment or later; none that has not reached one.',
  })
  readonly settledAfter?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Only outcomes that reached their final status before this moment; later than settledAfter, else ' +
      'BAD_USER_INPUT.',
  })
  readonly settledBefore?: Date | null;
}

/** Which calls a list holds. */
@InputType({ description: `Which calls to list: those that meet every condition given. ${RULE}` })
export class CallFilter {
  @Field(() => [MembershipOperation], {
    nullable: true,
    description: 'Only calls of one of these operations.',
  })
  readonly operation?: readonly MembershipOperationName[] | null;

  @Field(() => [CallStatus], { nullable: true, description: 'Only calls with one of these statuses.' })
  readonly status?: readonly CallStatusName[] | null;

  @Field(() => SecurityService, { nullable: true, description: 'Only calls to this service.' })
  readonly service?: SecurityServiceName | null;

  @Field(() => AwsRegion, { nullable: true, description: 'Only calls in this region.' })
  readonly region?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only calls made as this administrator.' })
  readonly administrator?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only calls that were recorded as sent at this moment or later.',
  })
  readonly startedAfter?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Only calls that were recorded as sent before this moment; later than startedAfter, else BAD_USER_INPUT.',
  })
  readonly startedBefore?: Date | null;
}
