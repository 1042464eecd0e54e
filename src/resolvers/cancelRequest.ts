import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { CancelRequestInput } from '../schema/requests/cancelRequestInput.js';
import { CancelRequestPayload } from '../schema/requests/payloads.js';
import type { GatewayContext } from './context.js';
import { mutationPayload } from './mutationPayload.js';

const DESCRIPTION = `Withdraws what a request has not sent yet. Every outcome that is PENDING, also one that waits to be \
sent again, becomes CANCELED before this answers. What is IN_FLIGHT is with AWS and cannot be called back: it settles as \
it is answered, and is not sent again, whatever the answer. When nothing is in flight the request has finished.

Nothing that was done is undone: accounts that were PROCESSED stay members. The request ends CANCELED when all of its \
outcomes were withdrawn, PARTIALLY_SUCCEEDED when some were PROCESSED before, and FAILED when none was but some ended \
UNPROCESSED or FAILED. To cancel twice does no harm; a request that has finished is NOT_CANCELABLE.

Accounts that another request asks for as well are still sent for that one.`;

/** The mutation `cancelRequest`. */
@Resolver()
export class CancelRequestResolver {
  @Mutation(() => CancelRequestPayload, { nullable: true, description: DESCRIPTION })
  async cancelRequest(
    @Arg('input', () => CancelRequestInput, { description: 'Which request.' })
    input: CancelRequestInput,
    @Ctx() context: GatewayContext,
  ): Promise<CancelRequestPayload> {
    return mutationPayload(context, await context.services.cancelRequest(context.caller, input));
  }
}
