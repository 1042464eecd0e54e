import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { UpstreamCall, UpstreamCallConnection } from '../schema/history/call.js';
import { CallFilter } from '../schema/history/filters.js';
import { OutcomeConnection } from '../schema/history/outcome.js';
import { PageArguments, RootPageArguments } from '../schema/pageArguments.js';
import type { GatewayContext } from './context.js';
import { toCall, toOutcome, toConnection } from './toSchema.js';

/** The query `calls`, and the outcomes of a call. */
@Resolver(() => UpstreamCall)
export class CallResolver {
  @Query(() => UpstreamCallConnection, {
    description:
      'AWS API calls that changed members or tried to, newest first. totalCount is exact up to 10,000, else null; ' +
      'also null if counting would scan over 100,000 entries.',
  })
  async calls(
    @Arg('filter', () => CallFilter, {
      nullable: true,
      description: 'Selects calls.',
    })
    filter: CallFilter | null | undefined,
    @Args(() => RootPageArguments) page: RootPageArguments,
    @Ctx() { caller, history }: GatewayContext,
  ): Promise<UpstreamCallConnection> {
    const calls = await history.calls(caller, filter ?? {}, page);
    return toConnection(calls.page, toCall, calls.count);
  }

  @FieldResolver(() => OutcomeConnection, {
    description:
      'The outcomes of its accounts, perhaps of several requests. A later call may have settled them.',
  })
  async outcomes(
    @Root() { callId }: UpstreamCall,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<OutcomeConnection> {
    return toConnection(await loaders.outcomesOfCall(callId, page), toOutcome);
  }
}
