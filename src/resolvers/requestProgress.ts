import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { GatewayError } from '../errors.js';
import { MembershipRequest } from '../schema/requests/request.js';
import { checkRequestId } from '../services/input/nodeId.js';
import type { Loaders } from '../services/history/loaders.js';
import type { FollowedRequest } from '../services/requests/requestProgress.js';
import type { GatewayContext } from './context.js';
import { toRequest } from './toSchema.js';

/** The subscription `requestProgress`. */
@Resolver()
export class RequestProgressResolver {
  @Subscription(() => MembershipRequest, {
    description:
      'The request at once and after each change of its counts or status, at most about three times a second, ' +
      'until it has finished.',
    async subscribe({
      args,
      context,
    }: {
      args: { id: string };
      context: GatewayContext;
    }): Promise<AsyncIterable<FollowedRequest<Loaders>>> {
      const requestId = checkRequestId('id', args.id);
      const request = await context.loaders.request(requestId);
      if (request === null) {
        throw new GatewayError('BAD_USER_INPUT', `id: expected the id of a request, got ${args.id}`);
      }
      return context.progress.follow(request);
    },
  })
  async requestProgress(
    @Root() { requestId, loaders }: FollowedRequest<Loaders>,
    @Arg('id', () => ID, { description: 'The id of the request; begins with request_.' })
    _id: string,
    @Ctx() context: GatewayContext,
  ): Promise<Readonly<MembershipRequest>> {
    context.loaders = loaders;
    const row = await loaders.requestWithTargets(requestId);
    if (row === null) {
      throw new Error(`request ${requestId} is gone`);
    }
    return toRequest(row);
  }
}
