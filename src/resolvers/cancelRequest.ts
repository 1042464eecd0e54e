import { Ctx, Mutation, Resolver } from 'type-graphql';
import { CancelRequestInput } from '../schema/requests/cancelRequestInput.js';
import { CancelRequestPayload } from '../schema/requests/payloads.js';
import type { GatewayContext } from './context.js';
import { InputArg } from './inputArg.js';
import { mutationPayload } from './mutationPayload.js';

const DESCRIPTION = `Withdraws what a request has not sent: before the answer, every PENDING outcome becomes CANCELED, also one that \
waits to be sent again. An IN_FLIGHT outcome settles by AWS's answer and is not sent again. If none is in flight, \
the request has finished.

PROCESSED accounts stay members. The request ends CANCELED if all outcomes were withdrawn, PARTIALLY_SUCCEEDED if \
some were PROCESSED, else FAILED. Canceling twice has no effect; a finished request is NOT_CANCELABLE. Other \
requests still send the accounts that they name.`;

/** The mutation `cancelRequest`. */
@Resolver()
export class CancelRequestResolver {
  @Mutation(() => CancelRequestPayload, { nullable: true, description: DESCRIPTION })
  async cancelRequest(
    @InputArg(() => CancelRequestInput, 'The request to cancel.')
    input: CancelRequestInput,
    @Ctx() context: GatewayContext,
  ): Promise<CancelRequestPayload> {
    return mutationPayload(context, await context.services.cancelRequest(context.caller, input));
  }
}
