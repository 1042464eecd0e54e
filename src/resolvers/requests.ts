import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { NestedOutcomeFilter, TargetRow } from '../ports/history.js';
import { UpstreamCallConnection } from '../schema/history/call.js';
import { RequestFilter } from '../schema/history/filters.js';
import { OutcomeConnection } from '../schema/history/outcome.js';
import { PageArguments, RequestOutcomesArguments, RootPageArguments } from '../schema/pageArguments.js';
import { MembershipRequest, MembershipRequestConnection } from '../schema/requests/request.js';
import { OutcomeCounts, Target } from '../schema/requests/target.js';
import { parseNodeId } from '../services/input/nodeId.js';
import { countMatching, sumCounts } from '../services/history/outcomeCounts.js';
import type { PageInput } from '../services/input/pageArgs.js';
import type { GatewayContext } from './context.js';
import { toCall, toOutcome, toConnection, toRequest } from './toSchema.js';

/** The queries `request` and `requests`, and the lists of a request. */
@Resolver(() => MembershipRequest)
export class RequestResolver {
  @Query(() => MembershipRequest, {
    nullable: true,
    description:
      'The request with this id. Null if there is none, if the id is of another type, or if the caller may not ' +
      'see its administrator.',
  })
  async request(
    @Arg('id', () => ID, { description: 'The id of the request; begins with request_.' })
    id: string,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<MembershipRequest> | null> {
    const key = parseNodeId(id);
    const row = key?.kind === 'request' ? await loaders.requestWithTargets(key.id) : null;
    return row && toRequest(row);
  }

  @Query(() => MembershipRequestConnection, {
    description:
      'All requests that the caller may see, from any caller, newest first. totalCount is exact up to 10,000, ' +
      'else null; also null if counting would scan over 100,000 entries.',
  })
  async requests(
    @Arg('filter', () => RequestFilter, {
      nullable: true,
      description: 'Selects requests.',
    })
    filter: RequestFilter | null | undefined,
    @Args(() => RootPageArguments) page: RootPageArguments,
    @Ctx() { caller, history }: GatewayContext,
  ): Promise<MembershipRequestConnection> {
    const requests = await history.requests(caller, filter ?? {}, page);
    return toConnection(requests.page, toRequest, requests.count);
  }

  @FieldResolver(() => OutcomeCounts, {
    description: 'Its outcomes by status: the sum over its targets. Erased outcomes stay counted.',
  })
  async counts(
    @Root() { requestId }: MembershipRequest,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<OutcomeCounts>> {
    return sumCounts(await loaders.targets(requestId));
  }

  @FieldResolver(() => [Target], {
    description: 'Every selected service in every selected region.',
  })
  async targets(
    @Root() { requestId }: MembershipRequest,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<readonly TargetRow[]> {
    return loaders.targets(requestId);
  }

  @FieldResolver(() => OutcomeConnection, {
    description: 'The outcome of every account at every target, without erased ones. totalCount is exact.',
  })
  async outcomes(
    @Root() { requestId }: MembershipRequest,
    @Args(() => RequestOutcomesArguments) { status, service, region, ...page }: RequestOutcomesArguments,
    @Ctx() context: GatewayContext,
  ): Promise<OutcomeConnection> {
    const filter = { statuses: status ?? null, service: service ?? null, region: region ?? null };
    return outcomesOf(context, requestId, filter, page);
  }

  @FieldResolver(() => OutcomeConnection, {
    description:
      "Only UNPROCESSED outcomes: accounts that a service listed as unprocessed, in AWS's sense. If the whole " +
      'call failed, see outcomes(status: FAILED). totalCount is exact.',
  })
  async unprocessed(
    @Root() { requestId }: MembershipRequest,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: GatewayContext,
  ): Promise<OutcomeConnection> {
    return outcomesOf(context, requestId, { statuses: ['UNPROCESSED'] }, page);
  }

  @FieldResolver(() => UpstreamCallConnection, {
    description: 'The calls with its accounts, some also with accounts of other requests.',
  })
  async calls(
    @Root() { requestId }: MembershipRequest,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<UpstreamCallConnection> {
    return toConnection(await loaders.callsOfRequest(requestId, page), toCall);
  }

  @FieldResolver(() => MembershipRequest, {
    nullable: true,
    description: 'The request that this one retries, else null.',
  })
  async retryOf(
    @Root() { retryOfId }: MembershipRequest,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<MembershipRequest> | null> {
    const row = retryOfId === null ? null : await loaders.request(retryOfId);
    return row && toRequest(row);
  }

  @FieldResolver(() => [MembershipRequest], {
    description: 'Its direct retries, newest first, at most 100.',
  })
  async retries(
    @Root() { requestId }: MembershipRequest,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<readonly Readonly<MembershipRequest>[]> {
    return (await loaders.retries(requestId)).map(toRequest);
  }
}

async function outcomesOf(
  { loaders }: GatewayContext,
  requestId: string,
  filter: NestedOutcomeFilter,
  page: PageInput,
): Promise<OutcomeConnection> {
  const count = async () => countMatching(await loaders.targets(requestId), filter);
  return toConnection(await loaders.outcomesOfRequest(requestId, filter, page), toOutcome, count);
}
