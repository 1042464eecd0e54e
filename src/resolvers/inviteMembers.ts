import { Ctx, Mutation, Resolver } from 'type-graphql';
import { InviteMembersPayload } from '../schema/requests/payloads.js';
import { InviteMembersInput } from '../schema/requests/requestInputs.js';
import type { GatewayContext } from './context.js';
import { InputArg } from './inputArg.js';
import { mutationPayload, withHeaderKey } from './mutationPayload.js';

const DESCRIPTION = `Invites accounts that were created as members: InviteMembers of GuardDuty and Security Hub at every selected \
target. They become active members once they accept. GuardDuty invites only accounts in which it is enabled.

Accounts managed through AWS Organizations need createMembers only, and cannot be invited once disassociated. An \
invited account that was disassociated can be invited again without createMembers, unless it was deleted. Security \
Hub allows 1,000 open invitations per administrator and region.

With followUp the gateway reads for some days whether accounts accept: GuardDuty first verifies the e-mail \
address, and neither service reports that an account accepts, declines or ignores an invitation.

Recording, outcomes, userErrors and dryRun work as in createMembers. After a crash or a lost answer the gateway \
reads the members before it sends again, so no account is invited twice.`;

/** The mutation `inviteMembers`. */
@Resolver()
export class InviteMembersResolver {
  @Mutation(() => InviteMembersPayload, { nullable: true, description: DESCRIPTION })
  async inviteMembers(
    @InputArg(() => InviteMembersInput, 'The accounts and targets.')
    input: InviteMembersInput,
    @Ctx() context: GatewayContext,
  ): Promise<InviteMembersPayload> {
    const result = await context.services.inviteMembers(context.caller, withHeaderKey(context, input));
    return mutationPayload(context, result);
  }
}
