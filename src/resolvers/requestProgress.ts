import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { GatewayError } from '../errors.js';
import { MembershipRequest } from '../schema/requests/request.js';
import { checkRequestId } from '../services/input/nodeId.js';
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
    }): Promise<AsyncIterable<string>> {
      const requestId = checkRequestId('id', args.id);
      if ((await context.loaders.request(requestId)) === null) {
        throw new GatewayError('BAD_USER_INPUT', `id: expected the id of a request, got ${args.id}`);
      }
      return context.progress.follow(requestId);
    },
  })
  async requestProgress(
    @Root() requestId: string,
    @Arg('id', () => ID, { description: 'The id of the request; begins with request_.' })
    _id: string,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<MembershipRequest>> {
    loaders.forget();
    const row = await loaders.request(requestId);
    if (row === null) {
      throw new Error(`request ${requestId} is gone`);
    }
    return toRequest(row);
  }
}
