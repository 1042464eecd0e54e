import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { DeniedAttemptConnection, type DeniedAttempt } from '../schema/access/deniedAttempt.js';
import { RequestOrigin } from '../schema/access/origin.js';
import { RootPageArguments } from '../schema/pageArguments.js';
import { MembershipRequest } from '../schema/requests/request.js';
import { tokenNodeId } from '../services/input/nodeId.js';
import type { GatewayContext } from './context.js';
import { toConnection } from './toSchema.js';

/** The origin of a request, and the query `deniedAttempts`. */
@Resolver(() => MembershipRequest)
export class OriginResolver {
  @FieldResolver(() => RequestOrigin, {
    nullable: true,
    description:
      'Its address, program and request id. For admins; others get null and FORBIDDEN. Null for requests from ' +
      'before origins were recorded.',
  })
  async origin(
    @Root() { requestId }: MembershipRequest,
    @Ctx() { origins }: GatewayContext,
  ): Promise<Readonly<RequestOrigin> | null> {
    const origin = await origins(requestId);
    return origin && { ...origin, tokenId: origin.tokenId && tokenNodeId(origin.tokenId) };
  }

  @Query(() => DeniedAttemptConnection, {
    description:
      'Denied attempts, newest first. For admins. An admin of some administrators sees callers with no others.',
  })
  async deniedAttempts(
    @Args(() => RootPageArguments) page: RootPageArguments,
    @Ctx() { caller, deniedAttempts }: GatewayContext,
  ): Promise<DeniedAttemptConnection> {
    return toConnection(await deniedAttempts.list(caller, page), (row): Readonly<DeniedAttempt> => row);
  }
}
