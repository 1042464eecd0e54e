import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { MemberConnection, type Member } from '../schema/members/member.js';
import { MembersArguments } from '../schema/members/memberArguments.js';
import type { GatewayContext } from './context.js';

/** The query for the members of one target. */
@Resolver()
export class MembersResolver {
  @Query(() => MemberConnection, {
    description:
      'The members of one administrator at one service in one region, as the service lists them now: ListMembers with ' +
      'onlyAssociated false, so that created, invited, removed and resigned accounts are there too. In the order of ' +
      'the service, or by account id where maxAgeSeconds lets the inventory answer; totalCount is null, since the service does not count. Fails as a whole when the target cannot be ' +
      'read: UPSTREAM_FAILED with extensions.reasonCode, or THROTTLED when the rate leaves no room within 30 seconds.',
  })
  async members(
    @Args(() => MembersArguments) asked: MembersArguments,
    @Ctx() { caller, members }: GatewayContext,
  ): Promise<MemberConnection> {
    const { edges, hasNextPage, endCursor } = await members.list(caller, asked, asked);
    const nodes: readonly Readonly<Member>[] = edges.map(({ node }) => node);
    return {
      edges,
      nodes,
      pageInfo: {
        hasNextPage,
        hasPreviousPage: (asked.after ?? null) !== null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor,
      },
      totalCount: null,
    };
  }
}
