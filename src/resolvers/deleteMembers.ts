import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { DeleteMembersInput } from '../schema/requests/removalInputs.js';
import { DeleteMembersPayload } from '../schema/requests/removalPayloads.js';
import type { GatewayContext } from './context.js';
import { mutationPayload, withHeaderKey } from './mutationPayload.js';

const DESCRIPTION = `Takes accounts off the administrator's list of members: DeleteMembers of GuardDuty and of Security \
Hub, at every service and in every region named. For admins.

It deletes entries, not accounts, and changes nothing inside the accounts. The e-mail address and the history of the \
entry are lost, and an account that came by invitation cannot be invited again before createMembers. A member that is \
still associated is refused, STILL_ASSOCIATED: disassociateMembers comes first, and the plan says which accounts those \
are. When both are wanted, ask for the one and then for the other: in one service and region they take effect in that \
order.

It takes two steps as disassociateMembers does, with a dryRun and its confirm token, and has the same limit on the \
share of a target's entries. Recording, outcomes and userErrors are as in createMembers. After a crash or a lost answer \
an account that is not on the list any more is PROCESSED: a deletion leaves nothing to tell it by.`;

/** The mutation `deleteMembers`. */
@Resolver()
export class DeleteMembersResolver {
  @Mutation(() => DeleteMembersPayload, { nullable: true, description: DESCRIPTION })
  async deleteMembers(
    @Arg('input', () => DeleteMembersInput, {
      description: 'Which accounts, as which administrator, and where; and the token of the preview.',
    })
    input: DeleteMembersInput,
    @Ctx() context: GatewayContext,
  ): Promise<DeleteMembersPayload> {
    const result = await context.services.deleteMembers(context.caller, withHeaderKey(context, input));
    return mutationPayload(context, result);
  }
}
