import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { UpstreamCall } from '../schema/history/call.js';
import { OutcomeSend } from '../schema/history/outcomeSend.js';
import type { GatewayContext } from './context.js';
import { toCall } from './toSchema.js';

/** The call of a send. */
@Resolver(() => OutcomeSend)
export class OutcomeSendResolver {
  @FieldResolver(() => UpstreamCall, {
    nullable: true,
    description: 'The call. Null once erased.',
  })
  async call(
    @Root() { callId }: OutcomeSend,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Readonly<UpstreamCall> | null> {
    const row = await loaders.call(callId);
    return row && toCall(row);
  }
}
