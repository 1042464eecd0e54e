import { Ctx, Mutation, Resolver } from 'type-graphql';
import { CreateMembersPayload } from '../schema/requests/payloads.js';
import { CreateMembersInput } from '../schema/requests/requestInputs.js';
import type { GatewayContext } from './context.js';
import { InputArg } from './inputArg.js';
import { mutationPayload, withHeaderKey } from './mutationPayload.js';

const DESCRIPTION = `Makes accounts members of an administrator: CreateMembers of GuardDuty and Security Hub at every selected target. \
The gateway records the request, sends calls of 50 accounts, paces and retries them, and survives a crash. Every \
account gets exactly one outcome per target.

Accounts of the administrator's organization need no invitation. CreateMembers of a delegated administrator \
enables GuardDuty in the accounts and applies the organization's auto-enable settings again, also to existing \
members. It is the only way back for an organization account that was disassociated. Other accounts also need \
inviteMembers.

Partial success is data: the outcomes have the accounts that a service left unprocessed, in its own words. \
userErrors are faults of the input. A dryRun sends only reads.`;

/** The mutation `createMembers`. */
@Resolver()
export class CreateMembersResolver {
  @Mutation(() => CreateMembersPayload, { nullable: true, description: DESCRIPTION })
  async createMembers(
    @InputArg(() => CreateMembersInput, 'The accounts and targets.')
    input: CreateMembersInput,
    @Ctx() context: GatewayContext,
  ): Promise<CreateMembersPayload> {
    const result = await context.services.createMembers(context.caller, withHeaderKey(context, input));
    return mutationPayload(context, result);
  }
}
