import { Ctx, Mutation, Resolver } from 'type-graphql';
import { DeleteMembersInput } from '../schema/requests/removalInputs.js';
import { DeleteMembersPayload } from '../schema/requests/payloads.js';
import type { GatewayContext } from './context.js';
import { InputArg } from './inputArg.js';
import { mutationPayload, withHeaderKey } from './mutationPayload.js';

const DESCRIPTION = `Deletes entries from the administrator's member list: DeleteMembers of GuardDuty and Security Hub at every \
selected target. For admins.

The accounts themselves do not change. The entry's e-mail address and history are lost. An account that came by \
invitation needs createMembers before another invitation. An associated member is STILL_ASSOCIATED: \
disassociateMembers comes first, and the plan shows these accounts. For both, send one mutation after the other: \
at one target they take effect in that order.

Preview, limit, recording, outcomes and userErrors work as in disassociateMembers. After a crash or a lost answer, \
an account that is not on the list is PROCESSED, since a deletion leaves no other trace.`;

/** The mutation `deleteMembers`. */
@Resolver()
export class DeleteMembersResolver {
  @Mutation(() => DeleteMembersPayload, { nullable: true, description: DESCRIPTION })
  async deleteMembers(
    @InputArg(() => DeleteMembersInput, 'The accounts, the targets and the token of the preview.')
    input: DeleteMembersInput,
    @Ctx() context: GatewayContext,
  ): Promise<DeleteMembersPayload> {
    const result = await context.services.deleteMembers(context.caller, withHeaderKey(context, input));
    return mutationPayload(context, result);
  }
}
