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

/** The conditions of all three filters. No type of the schema by itself. */
@InputType()
abstract class RecordFilter {
  @Field(() => [MembershipOperation], { nullable: true, description: 'Only these operations.' })
  readonly operation?: readonly MembershipOperationName[] | null;

  @Field(() => SecurityService, { nullable: true, description: 'Only this service.' })
  readonly service?: SecurityServiceName | null;

  @Field(() => AwsRegion, { nullable: true, description: 'Only this region.' })
  readonly region?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only this administrator.' })
  readonly administrator?: string | null;
}

const RULE = 'which meet all given conditions. Null conditions do not narrow; an empty list matches nothing.';

/** Selects requests. */
@InputType({ description: `Selects requests ${RULE}` })
export class RequestFilter extends RecordFilter {
  @Field(() => [RequestStatus], { nullable: true, description: 'Only these statuses, as of now.' })
  readonly status?: readonly RequestStatusName[] | null;

  @Field(() => String, { nullable: true, description: 'Only requests of the caller with this id.' })
  readonly requestedBy?: string | null;

  @Field(() => AwsAccountId, { nullable: true, description: 'Only requests with this account.' })
  readonly accountId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Only requests with this text in the note, in upper or lower case. Notes have no index: a page ends after ' +
      'scanning 2,000 requests that meet the other conditions, with hasNextPage true. Add other conditions.',
  })
  readonly note?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Only requests from this moment on.' })
  readonly createdAfter?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only requests before this moment, which is after createdAfter.',
  })
  readonly createdBefore?: Date | null;
}

/** Selects outcomes. */
@InputType({ description: `Selects outcomes ${RULE}` })
export class OutcomeFilter extends RecordFilter {
  @Field(() => ID, {
    nullable: true,
    description:
      'Only outcomes of this MembershipRequest; any other type is BAD_USER_INPUT. A request that does not exist ' +
      'or that the caller may not see matches nothing.',
  })
  readonly requestId?: string | null;

  @Field(() => [AwsAccountId], {
    nullable: true,
    description: 'Only these accounts, in all requests: their history. At most 100.',
  })
  readonly accountId?: readonly string[] | null;

  @Field(() => [OutcomeStatus], { nullable: true, description: 'Only these statuses.' })
  readonly status?: readonly OutcomeStatusName[] | null;

  @Field(() => [ReasonCode], { nullable: true, description: 'Only these reasons.' })
  readonly reasonCode?: readonly ReasonCodeName[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only outcomes that are final from this moment on.',
  })
  readonly settledAfter?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only outcomes that were final before this moment, which is after settledAfter.',
  })
  readonly settledBefore?: Date | null;
}

/** Selects calls. */
@InputType({ description: `Selects calls ${RULE}` })
export class CallFilter extends RecordFilter {
  @Field(() => [CallStatus], { nullable: true, description: 'Only these statuses.' })
  readonly status?: readonly CallStatusName[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only calls SENT from this moment on.',
  })
  readonly startedAfter?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only calls SENT before this moment, which is after startedAfter.',
  })
  readonly startedBefore?: Date | null;
}
