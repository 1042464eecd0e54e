import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { UpstreamCall } from '../schema/history/call.js';
import { TargetHealth } from '../schema/members/targetHealth.js';
import type { GatewayContext } from './context.js';
import { toCall } from './toSchema.js';

/** What the health of a target leads to. */
@Resolver(() => TargetHealth)
export class TargetHealthResolver {
  @FieldResolver(() => UpstreamCall, {
    nullable: true,
    description:
      'The newest recorded call (CreateMembers, InviteMembers) to it; null when there was none. Reads are not recorded.',
  })
  async lastCall(
    @Root() { lastCallId }: TargetHealth,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<UpstreamCall> | null> {
    const row = lastCallId === null ? null : await loaders.call(lastCallId);
    return row && toCall(row);
  }
}
