import { quoted } from '../../errors.js';
import type { AcceptedRequest, NewRequest, RequestEvents, RequestWatch } from '../../ports/requests.js';
import type { NotConfirmed } from '../../ports/confirmations.js';
import { WAIT_SECONDS } from '../input/checkOptions.js';
import { confirmationInvalid } from './confirmation.js';
import type { Fault } from '../input/faults.js';
import { refused, type MutationResult } from './mutations.js';

/**
 * Has a request recorded by `accept`, and waits for it as long as its caller wants. When it resolves, the request is on
 * record whatever happens next; waiting only decides how far it has got by the time of the answer, and ends when its caller
 * has gone.
 */
export type RecordAndWait = (
  request: Pick<NewRequest, 'id' | 'caller' | 'inputHash' | 'idempotencyKey'>,
  /** Checked before; null and undefined mean the default. */
  waitSeconds: number | null | undefined,
  accept: () => Promise<AcceptedRequest | NotConfirmed>,
) => Promise<MutationResult<never>>;

/**
 * The last step of every mutation that makes a request.
 *
 * @param stopping aborts every wait: the process is about to end, and the request goes on without it.
 */
export function createRecordAndWait(events: RequestEvents, stopping: AbortSignal): RecordAndWait {
  return async (request, waitSeconds, accept) => {
    const { gone } = request.caller;
    const ends = gone === undefined ? [stopping] : [stopping, gone];
    const watch = events.watch(request.id);
    const watches: RequestWatch[] = [watch];
    try {
      const accepted = await accept();
      if ('notConfirmed' in accepted) {
        return refused([confirmationInvalid(accepted.notConfirmed)]);
      }
      if (accepted.inputHash !== request.inputHash) {
        return refused([keyReused(request.idempotencyKey ?? '')]);
      }
      const seconds = waitSeconds ?? WAIT_SECONDS.default;
      if (accepted.requestId === request.id) {
        await waitFor(watch, seconds, ends);
      } else {
        const earlier = events.watch(accepted.requestId);
        watches.push(earlier);
        await events.check(accepted.requestId);
        await waitFor(earlier, seconds, ends);
      }
      return { requestId: accepted.requestId, userErrors: [] };
    } finally {
      for (const each of watches) {
        each.close();
      }
    }
  };
}

function keyReused(key: string): Fault {
  return {
    path: ['input', 'idempotencyKey'],
    code: 'IDEMPOTENCY_KEY_REUSED',
    message: `the key ${quoted(key)} was used before with another input; expected the same input, or another key`,
  };
}

async function waitFor(watch: RequestWatch, seconds: number, ends: readonly AbortSignal[]): Promise<void> {
  if (seconds === 0 || ends.some(({ aborted }) => aborted)) {
    return;
  }
  const { promise: over, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => {
    resolve(undefined);
  };
  const timer = setTimeout(stop, seconds * 1_000);
  for (const end of ends) {
    end.addEventListener('abort', stop);
  }
  try {
    await Promise.race([watch.finished, over]);
  } finally {
    clearTimeout(timer);
    for (const end of ends) {
      end.removeEventListener('abort', stop);
    }
  }
}
