import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetAddress } from '../../membership.js';
import type { Refused, Unanswered } from '../../ports/upstream.js';
import type { ReadTurns } from './readTurns.js';
import { verdictOf } from '../answers/refusals.js';
import { RETRY_DELAYS } from '../answers/retryPolicy.js';

/** Most requests for one read, the first among them: as many as the SDK would make by itself. */
const ATTEMPTS = 3;

/** How long a read may take, and who waits for it. */
export interface Patience {
  /** As `performance.now()` counts. */
  readonly until: number;
  /** Aborts when nobody waits for it any more; absent where that cannot happen. */
  readonly signal?: AbortSignal;
}

/**
 * Sends a read whose turn has been taken, and again while another attempt may cure it. Reading twice does no harm, but every
 * request counts: each further one waits a while and takes its own turn from the target's quota. When there is none in time,
 * the last answer stands.
 */
export async function readInTurns<Read extends { readonly kind: 'READ' }>(
  turns: Pick<ReadTurns, 'take'>,
  target: TargetAddress,
  { until, signal }: Patience,
  send: () => Promise<Read | Refused | Unanswered>,
): Promise<Read | Refused | Unanswered> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send();
    if (answer.kind === 'READ' || attempt === ATTEMPTS || !verdictOf(answer).retry) {
      return answer;
    }
    const pause = (RETRY_DELAYS[attempt - 1] ?? 0) * 1_000;
    if (performance.now() + pause > until) {
      return answer;
    }
    await sleep(pause, undefined, signal && { signal });
    if ((await turns.take(target, 1, until, signal)) === null) {
      return answer;
    }
  }
}
