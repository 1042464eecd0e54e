import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { MemberConnection, type Member } from '../schema/members/member.js';
import { MembersArguments } from '../schema/members/memberArguments.js';
import type { GatewayContext } from './context.js';

/** The query `members`. */
@Resolver()
export class MembersResolver {
  @Query(() => MemberConnection, {
    description:
      'The members of one target as the service lists them now: ListMembers with onlyAssociated false, so with ' +
      'created, invited, removed and resigned accounts. In the order of the service, or by account id if ' +
      'maxAgeSeconds lets the inventory answer. The service does not count: totalCount is null. If the target ' +
      'cannot be read, the query fails with UPSTREAM_FAILED and extensions.reasonCode, or with THROTTLED if the ' +
      'rate allows no call within 30 seconds.',
  })
  async members(
    @Args(() => MembersArguments) selection: MembersArguments,
    @Ctx() { caller, members }: GatewayContext,
  ): Promise<MemberConnection> {
    const { edges, hasNextPage, endCursor } = await members.list(caller, selection, selection);
    const nodes: readonly Readonly<Member>[] = edges.map(({ node }) => node);
    return {
      edges,
      nodes,
      pageInfo: {
        hasNextPage,
        hasPreviousPage: (selection.after ?? null) !== null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor,
      },
      totalCount: null,
    };
  }
}
