import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { GatewayError } from '../errors.js';
import { MembershipRequest } from '../schema/requests/request.js';
import { parseRequestId } from '../services/input/nodeId.js';
import type { GatewayContext } from './context.js';
import { toRequest } from './toSchema.js';

/** The subscription `requestProgress`. */
@Resolver()
export class RequestProgressResolver {
  @Subscription(() => MembershipRequest, {
    description:
      'The request as it stands, at once and then whenever its counts or its status have changed, at most about ' +
      'three times a second; it ends after the request has finished. Over GraphQL over SSE in distinct ' +
      'connections mode: POST the operation to /graphql/stream with Accept: text/event-stream.',
    async subscribe({
      args,
      context,
    }: {
      args: { id: string };
      context: GatewayContext;
    }): Promise<AsyncIterable<string>> {
      const requestId = parseRequestId('id', args.id);
      if ((await context.loaders.request(requestId)) === null) {
        throw new GatewayError('BAD_USER_INPUT', `id: expected the id of a request, got ${args.id}`);
      }
      return context.progress.follow(requestId);
    },
  })
  async requestProgress(
    @Root() requestId: string,
    @Arg('id', () => ID, { description: 'The id that the mutation answered with; begins with request_.' })
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
