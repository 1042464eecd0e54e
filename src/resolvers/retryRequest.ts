import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { RetryRequestPayload } from '../schema/requests/payloads.js';
import { RetryRequestInput } from '../schema/requests/retryRequestInput.js';
import type { GatewayContext } from './context.js';
import { mutationPayload, withHeaderKey } from './mutationPayload.js';

const DESCRIPTION = `Sends again what a finished request did not get done: its outcomes that ended UNPROCESSED or \
FAILED, by default only those that are retryable. It makes a new request, with the operation, administrator, e-mail \
addresses and options of the old one; the old one stays as it is, and the two are linked by retryOf and retries.

Each account goes only to the services and regions where it ended so, and so the targets of the new request may have \
different accounts: its counts tell. Nothing that was processed is sent a second time. The gateway itself \
tries again for some seconds before an outcome ends so: retry when the trouble is over, not at once.

NOT_RETRYABLE: the request has not finished, its outcomes or the e-mail addresses it needs were erased for their age, it has nothing to send again (the message says what onlyRetryable: false would \
take), or its administrator, service or region is not configured any more. Several retries of one request, at once too, \
are several requests; give an idempotencyKey to be safe from that. A retry of a removal is for admins. It takes only what is retryable, \
and needs no preview for that; the rest takes a new request with a preview of its own (NOT_RETRYABLE).`;

/** The mutation `retryRequest`. */
@Resolver()
export class RetryRequestResolver {
  @Mutation(() => RetryRequestPayload, { nullable: true, description: DESCRIPTION })
  async retryRequest(
    @Arg('input', () => RetryRequestInput, { description: 'Which request, and how much of it.' })
    input: RetryRequestInput,
    @Ctx() context: GatewayContext,
  ): Promise<RetryRequestPayload> {
    const result = await context.services.retryRequest(context.caller, withHeaderKey(context, input));
    if (result.userErrors.some(({ code }) => code === 'FORBIDDEN')) {
      context.denied('Mutation.retryRequest');
    }
    return mutationPayload(context, result);
  }
}
