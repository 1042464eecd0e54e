import { quoted } from '../../errors.js';
import type { Confirmation, NotConfirmed } from '../../ports/confirmations.js';
import type { RemovalLimit } from '../../ports/removals.js';
import type {
  NewRequest,
  NewRetry,
  RecordedRequest,
  RequestEvents,
  RequestStore,
} from '../../ports/requests.js';
import { WAIT_SECONDS } from '../input/checkOptions.js';
import type { Fault } from '../input/faults.js';
import { callerKey } from '../callerKey.js';
import type { FairTurns } from '../fairTurns.js';
import { confirmationInvalid } from './confirmation.js';
import { refused, type MutationResult } from './mutations.js';
import { OUTCOME_POINTS, type SpendPoints } from '../spendPoints.js';
import { waitForFinish } from './waitForFinish.js';

/** The weight of a small request, in outcomes: its caller has at most four connections of the record at once. */
const LEAST_WEIGHT = 10_000;

/** Of a removal: its confirmation. Of the retry of one: the limits of its targets, which are read if the request is new. */
type AllowedBy = Confirmation | { limits(): Promise<readonly RemovalLimit[]> };

/**
 * Records a request, and waits until it has finished, its caller disconnects or the wait is over. When it resolves, the
 * request is on record: the wait only decides how much of it is done by then.
 *
 * Faults: the idempotency key was used with another input, or the confirmation is not valid. Rejects with `RATE_LIMITED` or
 * `LIMIT_EXCEEDED`, and records nothing, when the budget of the caller has fewer points than the outcomes cost.
 */
export type RecordRequest = (
  request: NewRequest | NewRetry,
  options: {
    /** Null and undefined mean the default. */
    readonly waitSeconds?: number | null;
    readonly allowedBy?: AllowedBy;
  },
) => Promise<MutationResult<never>>;

/** What the last step of a mutation works with. */
export interface RecordDependencies {
  readonly store: RequestStore;
  readonly events: RequestEvents;
  readonly spend: SpendPoints;
  /** The turns of inserts, by outcomes. */
  readonly turns: FairTurns;
  /** Aborts every wait. The request itself goes on, in another process or after a restart. */
  readonly stopping: AbortSignal;
}

/** The last step of every mutation that makes a request: watch, charge, insert, wait. */
export function createRecordRequest({
  store,
  events,
  spend,
  turns,
  stopping,
}: RecordDependencies): RecordRequest {
  /** A repetition of a request that is on record inserts nothing, so its outcomes are not charged. */
  const recordOnce = async (
    request: NewRequest | NewRetry,
    allowedBy: AllowedBy | undefined,
  ): Promise<RecordedRequest | NotConfirmed> => {
    const outcomes = outcomesOf(request);
    const endTurn = await turns.take(callerKey(request.caller), Math.max(outcomes, LEAST_WEIGHT));
    try {
      const earlier = await store.findByKey(request);
      if (earlier !== null) {
        return earlier;
      }
      await spend(request.caller, OUTCOME_POINTS * outcomes);
      return await insert(request, allowedBy);
    } finally {
      endTurn();
    }
  };

  const insert = async (
    request: NewRequest | NewRetry,
    allowedBy: AllowedBy | undefined,
  ): Promise<RecordedRequest | NotConfirmed> => {
    if (allowedBy === undefined) {
      return store.insert(request);
    }
    return store.insertRemoval(request, 'tokenHash' in allowedBy ? allowedBy : await allowedBy.limits());
  };

  return async (request, { waitSeconds, allowedBy }) => {
    const { disconnected } = request.caller;
    const wait = {
      seconds: waitSeconds ?? WAIT_SECONDS.default,
      signals: disconnected === undefined ? [stopping] : [stopping, disconnected],
    };
    // Race: a request that finishes at once is not missed, since its watch begins before its insert.
    const watch = events.watch(request.id);
    try {
      const recorded = await recordOnce(request, allowedBy);
      if ('notConfirmed' in recorded) {
        return refused([confirmationInvalid(recorded.notConfirmed)]);
      }
      if (recorded.inputHash !== request.inputHash) {
        return refused([keyReused(request.idempotencyKey ?? '')]);
      }
      if (recorded.requestId === request.id) {
        await waitForFinish(watch, wait);
      } else {
        await waitForEarlier(events, recorded.requestId, wait);
      }
      return { requestId: recorded.requestId, userErrors: [] };
    } finally {
      watch.close();
    }
  };
}

function outcomesOf(request: NewRequest | NewRetry): number {
  return 'retryOf' in request ? request.outcomes : request.accounts.length * request.targets.length;
}

/** Waits for a request that was inserted earlier, and that may have finished before it is watched. */
async function waitForEarlier(
  events: RequestEvents,
  requestId: string,
  wait: Parameters<typeof waitForFinish>[1],
): Promise<void> {
  const watch = events.watch(requestId);
  try {
    await events.check(requestId);
    await waitForFinish(watch, wait);
  } finally {
    watch.close();
  }
}

function keyReused(key: string): Fault {
  return {
    path: ['input', 'idempotencyKey'],
    code: 'IDEMPOTENCY_KEY_REUSED',
    message: `the key ${quoted(key)} was used before with another input; expected the same input, or another key`,
  };
}
