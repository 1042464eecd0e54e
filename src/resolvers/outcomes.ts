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

/** The query `outcomes`, and the request, calls and member status of an outcome. */
@Resolver(() => Outcome)
export class OutcomeResolver {
  @Query(() => OutcomeConnection, {
    description:
      'Outcomes of all requests that the caller may see: the newest request first, then the highest account id. ' +
      'filter.accountId gives the history of an account. totalCount is exact up to 10,000, else null; also null ' +
      'if counting would scan over 100,000 entries.',
  })
  async outcomes(
    @Arg('filter', () => OutcomeFilter, {
      nullable: true,
      description: 'Selects outcomes.',
    })
    filter: OutcomeFilter | null | undefined,
    @Args(() => RootPageArguments) page: RootPageArguments,
    @Ctx() { caller, history }: GatewayContext,
  ): Promise<OutcomeConnection> {
    const outcomes = await history.outcomes(caller, filter ?? {}, page);
    return toConnection(outcomes.page, toOutcome, outcomes.count);
  }

  @FieldResolver(() => MembershipRequest, { description: 'Its request.' })
  async request(
    @Root() { requestId }: Outcome,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<MembershipRequest> | null> {
    const row = await loaders.request(requestId);
    return row && toRequest(row);
  }

  @FieldResolver(() => UpstreamCall, {
    nullable: true,
    description: 'The last call with the account. Null before the first.',
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
      'The calls with the account, in order, with the answers about it. One that never had a connection has attempts 0, and does ' +
      'not count in sends.',
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
      "The status at the gateway's last read, for inviteMembers with followUp; without history. Null if not read. " +
      'account.members has the status now.',
  })
  async memberStatus(
    @Root() { targetId, accountId }: Outcome,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<MemberStatusName | null> {
    return (await loaders.memberStatus({ targetId, accountId }))?.memberStatus ?? null;
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When memberStatus was read. Null if not read.',
  })
  async memberStatusAt(
    @Root() { targetId, accountId }: Outcome,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Date | null> {
    return (await loaders.memberStatus({ targetId, accountId }))?.memberStatusAt ?? null;
  }
}
