import type { MembershipRequest } from '../schema/requests/request.js';
import type { UserError } from '../schema/userError.js';
import type { MembershipPlan } from '../services/plans/membershipPlan.js';
import type { MutationResult } from '../services/requests/mutations.js';
import type { RequestOptions } from '../services/input/requestOptions.js';
import type { GatewayContext } from './context.js';
import { toRequest } from './toSchema.js';

/** The input with the key of the `Idempotency-Key` header, unless it has a key of its own. */
export function withHeaderKey<Input extends RequestOptions>(context: GatewayContext, input: Input): Input {
  const idempotencyKey = input.idempotencyKey ?? context.idempotencyKey ?? null;
  return { ...input, idempotencyKey };
}

/** The payload of a mutation that makes or changes a request. Reads the request again: another mutation of the operation may have read it before. */
export async function mutationPayload<Plan = MembershipPlan>(
  { loaders }: GatewayContext,
  { requestId, userErrors, plan }: MutationResult<Plan>,
): Promise<{
  request: Readonly<MembershipRequest> | null;
  userErrors: readonly Readonly<UserError>[];
  plan: Plan | null;
}> {
  loaders.forget();
  const row = requestId === null ? null : await loaders.requestWithTargets(requestId);
  return { request: row && toRequest(row), userErrors, plan: plan ?? null };
}
