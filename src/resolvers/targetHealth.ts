import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { UpstreamCall } from '../schema/history/call.js';
import { TargetHealth } from '../schema/members/targetHealth.js';
import type { GatewayContext } from './context.js';
import { toCall } from './toSchema.js';

/** The last call of a target. */
@Resolver(() => TargetHealth)
export class TargetHealthResolver {
  @FieldResolver(() => UpstreamCall, {
    nullable: true,
    description: 'Its newest recorded call; reads are not recorded. Null if there was none.',
  })
  async lastCall(
    @Root() { lastCallId }: TargetHealth,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<UpstreamCall> | null> {
    const row = lastCallId === null ? null : await loaders.call(lastCallId);
    return row && toCall(row);
  }
}
