import { Ctx, Mutation, Resolver } from 'type-graphql';
import { RetryRequestPayload } from '../schema/requests/payloads.js';
import { RetryRequestInput } from '../schema/requests/retryRequestInput.js';
import type { GatewayContext } from './context.js';
import { InputArg } from './inputArg.js';
import { mutationPayload, withHeaderKey } from './mutationPayload.js';

const DESCRIPTION = `Makes a new request from the UNPROCESSED and FAILED outcomes of a finished one, by default only retryable ones, \
with its operation, administrator, e-mail addresses and options. The old request does not change; retryOf and \
retries link the two.

Each account goes only to the targets where it failed, so targets may have different accounts: see counts. \
PROCESSED accounts are not sent again. The gateway has already retried for some seconds: retry once the cause is \
gone.

NOT_RETRYABLE: the request has not finished; its outcomes or the e-mail addresses it needs were erased; nothing \
remains to send (the message says what onlyRetryable: false would send); or its administrator, service or region \
is no longer configured. Several retries are several requests unless they share an idempotencyKey. Only admins may \
retry a removal: retryable outcomes without a preview, others (NOT_RETRYABLE) with a new request and its own \
preview.`;

/** The mutation `retryRequest`. */
@Resolver()
export class RetryRequestResolver {
  @Mutation(() => RetryRequestPayload, { nullable: true, description: DESCRIPTION })
  async retryRequest(
    @InputArg(() => RetryRequestInput, 'The request, and which of its outcomes.')
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
