import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { DisassociateMembersInput } from '../schema/requests/removalInputs.js';
import { DisassociateMembersPayload } from '../schema/requests/removalPayloads.js';
import type { GatewayContext } from './context.js';
import { mutationPayload, withHeaderKey } from './mutationPayload.js';

const DESCRIPTION = `Ends memberships: DisassociateMembers of GuardDuty and of Security Hub, at every service and in every \
region named. The administrator sees no findings of the accounts from then on. The service itself stays on in the \
accounts, with their findings, and bills them. For admins.

The administrator's list keeps an entry for each account, REMOVED, until deleteMembers. An account that came by \
invitation can be invited again with inviteMembers as long as its entry is there. An account of the organization cannot: \
createMembers is its only way back. An organization that enables all its accounts automatically may refuse the call, or \
bring the accounts back by itself.

It takes two steps. First with dryRun: true, which removes nothing: the plan says how many members of each status would \
go at each target, and gives a token. Then the same input with that token as confirm, within 15 minutes. One request \
may remove at most REMOVAL_SHARE_PERCENT (10 by default) of the members of a target, and always one of them.

Security Hub answers without a word on single accounts. The gateway asks GetMembers after each call before it settles an \
outcome: PROCESSED when the member shows Removed, NOT_ASSOCIATED when there was nothing to disassociate; else it goes \
again, and at last is UNPROCESSED with STILL_ASSOCIATED. Recording, outcomes and userErrors are as in createMembers. What \
is asked for one account in one service and region takes effect in the order it was asked for.`;

/** The mutation `disassociateMembers`. */
@Resolver()
export class DisassociateMembersResolver {
  @Mutation(() => DisassociateMembersPayload, { nullable: true, description: DESCRIPTION })
  async disassociateMembers(
    @Arg('input', () => DisassociateMembersInput, {
      description: 'Which accounts, as which administrator, and where; and the token of the preview.',
    })
    input: DisassociateMembersInput,
    @Ctx() context: GatewayContext,
  ): Promise<DisassociateMembersPayload> {
    const result = await context.services.disassociateMembers(context.caller, withHeaderKey(context, input));
    return mutationPayload(context, result);
  }
}
