import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { CreateMembersPayload } from '../schema/requests/payloads.js';
import { CreateMembersInput } from '../schema/requests/requestInputs.js';
import type { GatewayContext } from './context.js';
import { mutationPayload, withHeaderKey } from './mutationPayload.js';

const DESCRIPTION = `Makes accounts members of an administrator: CreateMembers of GuardDuty and of Security Hub, at \
every service and in every region named. The gateway records the request, cuts it into calls of 50 accounts, paces and \
retries them, and survives a crash; every account ends in exactly one outcome per service and region.

For accounts of the administrator's organization this is all it takes, and no invitation is needed. CreateMembers of a \
delegated administrator enables GuardDuty in the accounts and applies the organization's auto-enable settings again, to \
accounts that are members already as well; it is also the only way back for an organization account that was \
disassociated. Other accounts are invited with inviteMembers afterwards.

Partial success is data: accounts that a service left unprocessed are in the outcomes of the request, with its own \
words. userErrors are faults of the input, for which nothing was recorded or sent. With dryRun the answer is a plan, and \
nothing but reads is sent.`;

/** The mutation `createMembers`. */
@Resolver()
export class CreateMembersResolver {
  @Mutation(() => CreateMembersPayload, { nullable: true, description: DESCRIPTION })
  async createMembers(
    @Arg('input', () => CreateMembersInput, {
      description: 'Which accounts, as which administrator, and where.',
    })
    input: CreateMembersInput,
    @Ctx() context: GatewayContext,
  ): Promise<CreateMembersPayload> {
    const result = await context.services.createMembers(context.caller, withHeaderKey(context, input));
    return mutationPayload(context, result);
  }
}
