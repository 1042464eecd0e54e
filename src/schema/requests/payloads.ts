import { type ClassType, Field, ObjectType } from 'type-graphql';
import { MembershipPlan } from '../plans/membershipPlan.js';
import { RemovalPlan } from '../plans/removalPlan.js';
import { MutationPayload } from '../userError.js';
import { MembershipRequest } from './request.js';

/** The fields of the answer of a mutation that makes or changes a request. No type of the schema by itself. */
@ObjectType({ simpleResolvers: true })
abstract class RequestPayload extends MutationPayload {
  @Field(() => MembershipRequest, {
    nullable: true,
    description: 'The request, finished or not. Null with userErrors or for a dryRun.',
  })
  readonly request!: Readonly<MembershipRequest> | null;
}

/** Returns the fields of the answer of a mutation that a dryRun turns into a plan. No type of the schema by itself. */
function requestOrPlan<Plan extends object>(plan: ClassType<Plan>) {
  @ObjectType({ simpleResolvers: true })
  abstract class RequestOrPlan extends RequestPayload {
    @Field(() => plan, {
      nullable: true,
      description: 'The plan of a dryRun, else null.',
    })
    readonly plan?: Readonly<Plan> | null;
  }
  return RequestOrPlan;
}

const CHANGE = 'A request, the plan of a dryRun, or the faults of the input.';

/** The answer of `createMembers`. */
@ObjectType({ simpleResolvers: true, description: CHANGE })
export class CreateMembersPayload extends requestOrPlan(MembershipPlan) {}

/** The answer of `inviteMembers`. */
@ObjectType({ simpleResolvers: true, description: CHANGE })
export class InviteMembersPayload extends requestOrPlan(MembershipPlan) {}

/** The answer of `disassociateMembers`. */
@ObjectType({ simpleResolvers: true, description: CHANGE })
export class DisassociateMembersPayload extends requestOrPlan(RemovalPlan) {}

/** The answer of `deleteMembers`. */
@ObjectType({ simpleResolvers: true, description: CHANGE })
export class DeleteMembersPayload extends requestOrPlan(RemovalPlan) {}

/** The answer of `retryRequest`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The new request, or why there is none.',
})
export class RetryRequestPayload extends RequestPayload {}

/** The answer of `cancelRequest`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The request, RUNNING while some accounts are in flight, or why it cannot be canceled.',
})
export class CancelRequestPayload extends RequestPayload {}
