import { Field, ObjectType } from 'type-graphql';
import { RemovalPlan } from '../plans/removalPlan.js';
import { MembershipRequest } from './request.js';
import { UserError } from '../userError.js';

const REQUEST =
  'The request as it stands now, finished or not; null when userErrors is not empty, and for a dryRun. Accounts that a ' +
  'service left unprocessed are in its outcomes, not in userErrors.';
const PLAN =
  'What would go, and the token for it; null unless dryRun was true. It is there also when userErrors says why there is ' +
  'no token (REMOVAL_LIMIT_EXCEEDED, PREVIEW_INCOMPLETE).';
const USER_ERRORS = 'What is wrong with the input, all faults at once; empty when the request was recorded.';

/** The answer of `disassociateMembers`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer of disassociateMembers: a request, a plan, or the faults of its input.',
})
export class DisassociateMembersPayload {
  @Field(() => MembershipRequest, { nullable: true, description: REQUEST })
  readonly request!: Readonly<MembershipRequest> | null;

  @Field(() => RemovalPlan, { nullable: true, description: PLAN })
  readonly plan!: Readonly<RemovalPlan> | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  readonly userErrors!: readonly Readonly<UserError>[];
}

/** The answer of `deleteMembers`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer of deleteMembers: a request, a plan, or the faults of its input.',
})
export class DeleteMembersPayload {
  @Field(() => MembershipRequest, { nullable: true, description: REQUEST })
  readonly request!: Readonly<MembershipRequest> | null;

  @Field(() => RemovalPlan, { nullable: true, description: PLAN })
  readonly plan!: Readonly<RemovalPlan> | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  readonly userErrors!: readonly Readonly<UserError>[];
}
