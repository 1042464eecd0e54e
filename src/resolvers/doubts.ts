import { Arg, Args, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { UpstreamCallConnection } from '../schema/history/call.js';
import { CallFilter } from '../schema/history/filters.js';
import { RootPageArguments } from '../schema/pageArguments.js';
import { ResolveDoubtInput, ResolveDoubtPayload } from '../schema/history/resolveDoubt.js';
import type { GatewayContext } from './context.js';
import { InputArg } from './inputArg.js';
import { toCall, toConnection } from './toSchema.js';

const DOUBTS = `Calls whose result cannot be found out at present, newest first: the answer was lost or named no accounts, and \
GetMembers fails (readBackError). Their outcomes are IN_FLIGHT, and their requests wait. The gateway tries again at \
least once a minute; if that cannot succeed, such as after the detector was deleted, resolveDoubt settles the call.`;

const RESOLVE = `Settles a call in doubt by hand, with a reason that is recorded (resolvedBy, resolution). Its outcomes that are \
IN_FLIGHT end, and so do the requests that waited for them alone. This sends nothing.`;

/** The query `doubts` and the mutation `resolveDoubt`. */
@Resolver()
export class DoubtResolver {
  @Query(() => UpstreamCallConnection, { description: DOUBTS })
  async doubts(
    @Arg('filter', () => CallFilter, { nullable: true, description: 'Selects calls.' })
    filter: CallFilter | null | undefined,
    @Args(() => RootPageArguments) page: RootPageArguments,
    @Ctx() { caller, history }: GatewayContext,
  ): Promise<UpstreamCallConnection> {
    const calls = await history.doubts(caller, filter ?? {}, page);
    return toConnection(calls.page, toCall, calls.count);
  }

  @Mutation(() => ResolveDoubtPayload, { nullable: true, description: RESOLVE })
  async resolveDoubt(
    @InputArg(() => ResolveDoubtInput, 'The call, and how it ends.')
    input: ResolveDoubtInput,
    @Ctx() { caller, services, loaders }: GatewayContext,
  ): Promise<Readonly<ResolveDoubtPayload>> {
    const { callId, userErrors } = await services.resolveDoubt(caller, input);
    loaders.forget();
    const row = callId === null ? null : await loaders.call(callId);
    return { call: row && toCall(row), userErrors };
  }
}
