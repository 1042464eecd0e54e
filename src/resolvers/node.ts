import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Node } from '../schema/node.js';
import { parseNodeId } from '../services/input/nodeId.js';
import type { GatewayContext } from './context.js';
import { toCall, toOutcome, toRequest } from './toSchema.js';

/** The query `node`. */
@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      'The record with this id. Null if there is none, if the text is not an id of this gateway, or if the caller ' +
      'may not see its administrator.',
  })
  async node(
    @Arg('id', () => ID, { description: 'The id of a MembershipRequest, an Outcome or an UpstreamCall.' })
    id: string,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<Node> | null> {
    const key = parseNodeId(id);
    switch (key?.kind) {
      case 'request': {
        const row = await loaders.request(key.id);
        return row && toRequest(row);
      }
      case 'outcome': {
        const row = await loaders.outcome(key);
        return row && toOutcome(row);
      }
      case 'call': {
        const row = await loaders.call(key.id);
        return row && toCall(row);
      }
      case undefined:
        return null;
    }
  }
}
