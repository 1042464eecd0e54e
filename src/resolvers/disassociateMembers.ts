import { Ctx, Mutation, Resolver } from 'type-graphql';
import { DisassociateMembersInput } from '../schema/requests/removalInputs.js';
import { DisassociateMembersPayload } from '../schema/requests/payloads.js';
import type { GatewayContext } from './context.js';
import { InputArg } from './inputArg.js';
import { mutationPayload, withHeaderKey } from './mutationPayload.js';

const DESCRIPTION = `Ends memberships: DisassociateMembers of GuardDuty and Security Hub at every selected target. The administrator no \
longer sees findings of the accounts. The service stays enabled in the accounts, keeps their findings and bills \
them. For admins.

The administrator's list keeps a REMOVED entry until deleteMembers. With it, an account that came by invitation \
can be invited again; an account of the organization needs createMembers. An organization that enables all \
accounts automatically may refuse the call, or bring the accounts back.

First send dryRun: true, which removes nothing: the plan has the members by status at each target, and a token. \
Then send the same input with the token as confirm within 15 minutes. One request may remove REMOVAL_SHARE_PERCENT \
(10 by default) of the members of a target, but always one.

Security Hub's answer names no accounts. GetMembers decides after each call: PROCESSED if the member is Removed, \
NOT_ASSOCIATED if it was not associated, else it is sent again and finally UNPROCESSED with STILL_ASSOCIATED. \
Recording, outcomes and userErrors work as in createMembers. Requests for one account at one target take effect in \
the order in which they were made.`;

/** The mutation `disassociateMembers`. */
@Resolver()
export class DisassociateMembersResolver {
  @Mutation(() => DisassociateMembersPayload, { nullable: true, description: DESCRIPTION })
  async disassociateMembers(
    @InputArg(() => DisassociateMembersInput, 'The accounts, the targets and the token of the preview.')
    input: DisassociateMembersInput,
    @Ctx() context: GatewayContext,
  ): Promise<DisassociateMembersPayload> {
    const result = await context.services.disassociateMembers(context.caller, withHeaderKey(context, input));
    return mutationPayload(context, result);
  }
}
