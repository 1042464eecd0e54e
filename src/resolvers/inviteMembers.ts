import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { InviteMembersPayload } from '../schema/requests/payloads.js';
import { InviteMembersInput } from '../schema/requests/requestInputs.js';
import type { GatewayContext } from './context.js';
import { mutationPayload, withHeaderKey } from './mutationPayload.js';

const DESCRIPTION = `Invites accounts that were created as members: InviteMembers of GuardDuty and of Security Hub, at \
every service and in every region named. They become active members once somebody in the account accepts. GuardDuty has \
to be on in an account that it invites.

Accounts managed through AWS Organizations need no invitation: createMembers is all they take, and those that were added \
through Organizations and later disassociated cannot be invited at all. An account that was disassociated after an \
earlier invitation can be invited again without createMembers, unless it was deleted meanwhile. Security Hub allows 1,000 \
open invitations per administrator and region.

With followUp the gateway looks afterwards, for some days, whether the invitations are accepted: GuardDuty verifies the e-mail \
address first, and neither service tells when an account accepts, declines or lets it be.

Recording, outcomes, userErrors and dryRun are as in createMembers. After a crash or a lost answer the gateway reads the members \
back before it sends again, so that nobody is invited twice because of it.`;

/** The mutation `inviteMembers`. */
@Resolver()
export class InviteMembersResolver {
  @Mutation(() => InviteMembersPayload, { nullable: true, description: DESCRIPTION })
  async inviteMembers(
    @Arg('input', () => InviteMembersInput, {
      description: 'Which accounts, as which administrator, and where.',
    })
    input: InviteMembersInput,
    @Ctx() context: GatewayContext,
  ): Promise<InviteMembersPayload> {
    const result = await context.services.inviteMembers(context.caller, withHeaderKey(context, input));
    return mutationPayload(context, result);
  }
}
