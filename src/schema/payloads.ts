import { Field, ObjectType } from 'type-graphql';
import { MembershipRequest } from './request.js';
import { UserError } from './userError.js';

const REQUEST =
  'The request as it stands now, finished or not; null when userErrors is not empty. Accounts that a ' +
  'service left unprocessed are in its outcomes, not in userErrors.';
const USER_ERRORS = 'What is wrong with the input, all faults at once; empty when the request was recorded.';

/** The answer of `createMembers`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer of createMembers: a request, or the faults of its input.',
})
export class CreateMembersPayload {
  @Field(() => MembershipRequest, { nullable: true, description: REQUEST })
  readonly request!: Readonly<MembershipRequest> | null;

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

  @Field(() => [UserError], { description: USER_ERRORS })
  readonly userErrors!: readonly Readonly<UserError>[];
}
