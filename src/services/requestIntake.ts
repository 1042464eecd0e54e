import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Caller, MemberAccount, OfferedOperation } from '../membership.js';
import type { NewRequest, RequestEvents, RequestStore, RequestWatch } from '../ports/requests.js';
import { batchKeyOf } from './batchKey.js';
import { WAIT_SECONDS } from './checkOptions.js';
import type { CheckedTargets } from './checkTargets.js';
import type { MutationResult, RequestOptions } from './services.js';

/** A request that has passed its checks, before it has an id. */
export interface CheckedRequest {
  readonly operation: OfferedOperation;
  readonly accounts: readonly MemberAccount[];
  readonly targets: CheckedTargets;
  readonly options: RequestOptions;
  readonly message: string | null;
  readonly disableEmailNotification: boolean | null;
}

/** Records a checked request, and waits for it as long as its caller wants. */
export type RequestIntake = (caller: Caller, checked: CheckedRequest) => Promise<MutationResult>;

/**
 * The last step of every mutation that makes a request. When it resolves, the request is on record whatever happens
 * next; waiting only decides how far it has got by the time of the answer.
 *
 * @param stopping aborts every wait: the process is about to end, and the request goes on without it.
 */
export function createRequestIntake(
  store: RequestStore,
  events: RequestEvents,
  stopping: AbortSignal,
): RequestIntake {
  return async (caller, checked) => {
    const request = toRequest(caller, checked);
    const watch = events.watch(request.id);
    const watches: RequestWatch[] = [watch];
    try {
      const accepted = await store.accept(request);
      if (accepted.inputHash !== request.inputHash) return keyReused(request.idempotencyKey);
      const seconds = checked.options.waitSeconds ?? WAIT_SECONDS.default;
      if (accepted.requestId === request.id) {
        await waitFor(watch, seconds, stopping);
      } else {
        const earlier = events.watch(accepted.requestId);
        watches.push(earlier);
        await events.check(accepted.requestId);
        await waitFor(earlier, seconds, stopping);
      }
      return { requestId: accepted.requestId, userErrors: [] };
    } finally {
      for (const each of watches) each.close();
    }
  };
}

function toRequest(caller: Caller, checked: CheckedRequest): NewRequest {
  const { operation, targets, options, message, disableEmailNotification } = checked;
  // The order of a list of accounts means nothing: the same accounts are the same input.
  const accounts = checked.accounts.toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1));
  const asked = {
    operation,
    administrator: targets.administrator.id,
    message,
    disableEmailNotification,
    accounts,
    note: options.note ?? null,
  };
  const addresses = targets.services.flatMap((service) =>
    targets.regions.map((region) => {
      const detectorId = service === 'GUARDDUTY' ? targets.detectorId : null;
      const address = { administrator: asked.administrator, service, region, detectorId };
      return { ...address, batchKey: batchKeyOf({ ...asked, service, detectorId }) };
    }),
  );
  return {
    ...asked,
    id: uuidv7(),
    caller,
    idempotencyKey: options.idempotencyKey ?? null,
    inputHash: createHash('sha256')
      .update(JSON.stringify([asked, addresses]))
      .digest('hex'),
    targets: addresses,
  };
}

function keyReused(key: string | null): MutationResult {
  return {
    requestId: null,
    userErrors: [
      {
        field: ['input', 'idempotencyKey'],
        code: 'IDEMPOTENCY_KEY_REUSED',
        message: `the key ${JSON.stringify(key)} was used before with another input; expected the same input, or another key`,
      },
    ],
  };
}

async function waitFor(watch: RequestWatch, seconds: number, stopping: AbortSignal): Promise<void> {
  if (seconds === 0 || stopping.aborted) return;
  const { promise: enough, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => {
    resolve(undefined);
  };
  const timer = setTimeout(stop, seconds * 1_000);
  stopping.addEventListener('abort', stop);
  try {
    await Promise.race([watch.finished, enough]);
  } finally {
    clearTimeout(timer);
    stopping.removeEventListener('abort', stop);
  }
}
