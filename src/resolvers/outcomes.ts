import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { MemberStatus as MemberStatusName } from '../membership.js';
import { UpstreamCall } from '../schema/history/call.js';
import { Outcome, OutcomeConnection } from '../schema/history/outcome.js';
import { MemberStatus } from '../schema/memberStatus.js';
import { OutcomeFilter } from '../schema/history/filters.js';
import { OutcomeSend } from '../schema/history/outcomeSend.js';
import { RootPageArguments } from '../schema/pageArguments.js';
import { MembershipRequest } from '../schema/requests/request.js';
import { DateTime } from '../schema/scalars.js';
import type { GatewayContext } from './context.js';
import { toCall, toOutcome, toConnection, toRequest } from './toSchema.js';

/** The query for outcomes, and what an outcome leads to. */
@Resolver(() => Outcome)
export class OutcomeResolver {
  @Query(() => OutcomeConnection, {
    description:
      'Outcomes over all requests that the caller may see, newest request first and then by account id, ' +
      'from the highest: with filter.accountId, the history of an account.',
  })
  async outcomes(
    @Arg('filter', () => OutcomeFilter, {
      nullable: true,
      description: 'Which outcomes to list; all of them when absent or null.',
    })
    filter: OutcomeFilter | null | undefined,
    @Args(() => RootPageArguments) page: RootPageArguments,
    @Ctx() { caller, history }: GatewayContext,
  ): Promise<OutcomeConnection> {
    const outcomes = await history.outcomes(caller, filter ?? {}, page);
    return toConnection(outcomes.page, toOutcome, outcomes.count);
  }

  @FieldResolver(() => MembershipRequest, { description: 'The request it belongs to.' })
  async request(
    @Root() { requestId }: Outcome,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<MembershipRequest> | null> {
    const row = await loaders.request(requestId);
    return row && toRequest(row);
  }

  @FieldResolver(() => UpstreamCall, {
    nullable: true,
    description: 'The last call that carried it; null before the first.',
  })
  async call(
    @Root() { callId }: Outcome,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<UpstreamCall> | null> {
    const row = callId === null ? null : await loaders.call(callId);
    return row && toCall(row);
  }

  @FieldResolver(() => [OutcomeSend], {
    description:
      'Every time it was sent, in order, with what the service said of it each time: as many as sends.',
  })
  async sendHistory(
    @Root() { targetId, accountId }: Outcome,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<readonly OutcomeSend[]> {
    return loaders.sends({ targetId, accountId });
  }

  @FieldResolver(() => MemberStatus, {
    nullable: true,
    description:
      'Where the member stood when the gateway last looked at it, for inviteMembers with followUp; null when nobody has ' +
      'looked. The last status only, not its history. What it is at this moment, for any account, is account.members.',
  })
  async memberStatus(
    @Root() { targetId, accountId }: Outcome,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<MemberStatusName | null> {
    return (await loaders.memberStatus({ targetId, accountId }))?.memberStatus ?? null;
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When memberStatus was seen; null when nobody has looked.',
  })
  async memberStatusAt(
    @Root() { targetId, accountId }: Outcome,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Date | null> {
    return (await loaders.memberStatus({ targetId, accountId }))?.memberStatusAt ?? null;
  }
}
