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
import type { AskedPage } from '../services/input/pageArgs.js';
import type { GatewayContext } from './context.js';
import { toCall, toOutcome, toConnection, toRequest } from './toSchema.js';

/** The queries for requests, and what a request leads to. */
@Resolver(() => MembershipRequest)
export class RequestResolver {
  @Query(() => MembershipRequest, {
    nullable: true,
    description:
      'The request with this id, as it stands now. Null when there is none, when the id is of something ' +
      'else, or when the caller may not see its administrator.',
  })
  async request(
    @Arg('id', () => ID, { description: 'The id that the mutation answered with; begins with request_.' })
    id: string,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<MembershipRequest> | null> {
    const key = parseNodeId(id);
    const row = key?.kind === 'request' ? await loaders.request(key.id) : null;
    return row && toRequest(row);
  }

  @Query(() => MembershipRequestConnection, {
    description: 'Requests that the caller may see, whoever made them, newest first.',
  })
  async requests(
    @Arg('filter', () => RequestFilter, {
      nullable: true,
      description: 'Which requests to list; all of them when absent or null.',
    })
    filter: RequestFilter | null | undefined,
    @Args(() => RootPageArguments) page: RootPageArguments,
    @Ctx() { caller, history }: GatewayContext,
  ): Promise<MembershipRequestConnection> {
    const requests = await history.requests(caller, filter ?? {}, page);
    return toConnection(requests.page, toRequest, requests.count);
  }

  @FieldResolver(() => OutcomeCounts, {
    description:
      'All its outcomes by status, as they stand now: the counts of its targets added up. They stay when the outcomes ' +
      'are erased for their age.',
  })
  async counts(
    @Root() { requestId }: MembershipRequest,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<OutcomeCounts>> {
    return sumCounts(await loaders.targets(requestId));
  }

  @FieldResolver(() => [Target], {
    description: 'Where its accounts are sent: every service asked for in every region asked for.',
  })
  async targets(
    @Root() { requestId }: MembershipRequest,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<readonly TargetRow[]> {
    return loaders.targets(requestId);
  }

  @FieldResolver(() => OutcomeConnection, {
    description:
      'What became of every account at every target, narrowed by the arguments. totalCount is exact; outcomes that ' +
      'were erased for their age are neither listed nor counted.',
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
      "The accounts that a service listed as unprocessed, in AWS's sense of the word: status UNPROCESSED " +
      'only. Those whose call failed as a whole are outcomes(status: FAILED). totalCount is exact.',
  })
  async unprocessed(
    @Root() { requestId }: MembershipRequest,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: GatewayContext,
  ): Promise<OutcomeConnection> {
    return outcomesOf(context, requestId, { statuses: ['UNPROCESSED'] }, page);
  }

  @FieldResolver(() => UpstreamCallConnection, {
    description:
      'The AWS API calls that carried accounts of this request; some of them carried those of others as ' +
      'well.',
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
    description: 'The request whose failures this one sends again (retryRequest); null for every other one.',
  })
  async retryOf(
    @Root() { retryOfId }: MembershipRequest,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<MembershipRequest> | null> {
    const row = retryOfId === null ? null : await loaders.request(retryOfId);
    return row && toRequest(row);
  }

  @FieldResolver(() => [MembershipRequest], {
    description:
      'The requests that retryRequest has made of this one, newest first, 100 at most. Retries of a retry ' +
      'hang on that one.',
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
  page: AskedPage,
): Promise<OutcomeConnection> {
  const count = async () => countMatching(await loaders.targets(requestId), filter);
  return toConnection(await loaders.outcomesOfRequest(requestId, filter, page), toOutcome, count);
}
