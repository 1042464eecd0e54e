import { Field, ObjectType } from 'type-graphql';
import { MembershipPlan } from '../plans/membershipPlan.js';
import { MembershipRequest } from './request.js';
import { UserError } from '../userError.js';

const REQUEST =
  'The request as it stands now, finished or not; null when userErrors is not empty, and for a dryRun. Accounts that a ' +
  'service left unprocessed are in its outcomes, not in userErrors.';
const PLAN = 'What the request would do; null unless dryRun was true and userErrors is empty.';
const USER_ERRORS = 'What is wrong with the input, all faults at once; empty when the request was recorded.';

/** The answer of `createMembers`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer of createMembers: a request, or the faults of its input.',
})
export class CreateMembersPayload {
  @Field(() => MembershipRequest, { nullable: true, description: REQUEST })
  readonly request!: Readonly<MembershipRequest> | null;

  @Field(() => MembershipPlan, { nullable: true, description: PLAN })
  readonly plan?: Readonly<MembershipPlan> | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  readonly userErrors!: readonly Readonly<UserError>[];
}

/** The answer of `inviteMembers`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer of inviteMembers: a request, or the faults of its input.',
})
export class InviteMembersPayload {
  @Field(() => MembershipRequest, { nullable: true, description: REQUEST })
  readonly request!: Readonly<MembershipRequest> | null;

  @Field(() => MembershipPlan, { nullable: true, description: PLAN })
  readonly plan?: Readonly<MembershipPlan> | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  readonly userErrors!: readonly Readonly<UserError>[];
}

/** The answer of `retryRequest`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer of retryRequest: the new request, or why there is none.',
})
export class RetryRequestPayload {
  @Field(() => MembershipRequest, {
    nullable: true,
    description: `${REQUEST} retryOf leads to the old one.`,
  })
  readonly request!: Readonly<MembershipRequest> | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  readonly userErrors!: readonly Readonly<UserError>[];
}

/** The answer of `cancelRequest`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer of cancelRequest: the request, or why it cannot be canceled.',
})
export class CancelRequestPayload {
  @Field(() => MembershipRequest, {
    nullable: true,
    description:
      'The request after what waited was withdrawn; null when userErrors is not empty. While something of ' +
      'it is in flight it is still RUNNING: ask for it again by its id.',
  })
  readonly request!: Readonly<MembershipRequest> | null;

  @Field(() => [UserError], {
    description: 'Why nothing was withdrawn; empty when the request is canceled.',
  })
  readonly userErrors!: readonly Readonly<UserError>[];
}
