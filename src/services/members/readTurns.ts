import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../errors.js';
import { targetKey, type TargetAddress } from '../../membership.js';
import type { ReadQuota } from '../../ports/readQuota.js';
import type { Refused, Unanswered } from '../../ports/upstream.js';
import { createFairTurns, type EndTurn, type FairTurns, type TurnLimits } from '../fairTurns.js';
import { verdictOf } from '../answers/refusals.js';
import { RETRY_DELAYS } from '../answers/retryPolicy.js';
import { gatewayStopping } from './readFailure.js';

/**
 * Longest time that a read of members waits for the quota of its target, in milliseconds. Ours: at half of GuardDuty's
 * rate, 30 seconds are enough for 1,000 accounts behind another 500; proxies give up after 60 seconds.
 */
export const MAX_READ_WAIT_MS = 30_000;

/** Longest time between two requests for a turn, in milliseconds: other readers may leave some of the quota unused. */
const MAX_PAUSE_MS = 1_000;

/** The key of reads that no caller waits for. */
const GATEWAY = 'GATEWAY';

const ONE_AT_A_TIME: TurnLimits = { total: 1, perCaller: 1, waiting: Number.POSITIVE_INFINITY };

/** Most requests for one read, the first one included: as many as the SDK sends by default. */
const MAX_ATTEMPTS = 3;

/** How long a read may wait, and for whom. */
export interface ReadLimits {
  /** Latest moment for a request to leave, as `performance.now()` counts. */
  readonly deadline: number;
  /** Aborts when no caller waits for the read any more; absent where that cannot happen. */
  readonly signal?: AbortSignal | undefined;
  /** The caller of the read, who takes turns with other callers; absent for reads of the gateway itself. */
  readonly callerKey?: string | undefined;
}

/** Requests that may leave now. */
export interface GrantedTurn {
  /** 1 or more. */
  readonly granted: number;
  /** The database's clock. What the service answers is no older than this. */
  readonly at: Date;
}

/** Reads of members in keeping with the rate of their target. */
export interface ReadTurns {
  /**
   * Waits until at least one request may leave, and takes up to `wanted` from the quota. Null when none may leave before
   * the deadline.
   *
   * @throws GatewayError `UNAVAILABLE` when the process stops; the reason of the signal when that aborts.
   */
  take(target: TargetAddress, wanted: number, limits: ReadLimits): Promise<GrantedTurn | null>;
  /** As `take`, for one request. @throws GatewayError `THROTTLED` when it may not leave before the deadline. */
  takeOne(target: TargetAddress, limits: ReadLimits): Promise<GrantedTurn>;
  /**
   * Sends a read whose turn has been taken. If the answer may be cured by another attempt, the read is sent again after a
   * pause, at most three times in all. Each further attempt takes a turn of its own. If none is free before the deadline,
   * the last answer stands.
   */
  send<Read extends { readonly kind: 'READ' }>(
    target: TargetAddress,
    limits: ReadLimits,
    attempt: () => Promise<Read | Refused | Unanswered>,
  ): Promise<Read | Refused | Unanswered>;
}

/** What reads measure time with. */
export interface ReadClock {
  /** In milliseconds. */
  now(): number;
  /** Resolves after the time in milliseconds; rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
}

const PROCESS_CLOCK: ReadClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

/** @param stopping ends every wait. */
export function createReadTurns(
  quota: ReadQuota,
  stopping: AbortSignal,
  clock: ReadClock = PROCESS_CLOCK,
): ReadTurns {
  const inLine = createLine(stopping, clock);

  const take: ReadTurns['take'] = async (target, wanted, limits) => {
    const leaveLine = await inLine(target, limits);
    if (leaveLine === null) {
      return null;
    }
    try {
      return await takeQuota(target, wanted, limits);
    } finally {
      leaveLine();
    }
  };

  const takeQuota: ReadTurns['take'] = async (target, wanted, { deadline, signal }) => {
    for (;;) {
      if (stopping.aborted) {
        throw gatewayStopping();
      }
      signal?.throwIfAborted();
      const { granted, wait, at } = await quota.reserve(target, wanted);
      if (granted > 0) {
        return { granted, at };
      }
      const pause = pauseBeforeTurn(wait, clock.now(), deadline);
      if (pause === null) {
        return null;
      }
      await clock.sleep(pause, signal ?? stopping).catch(() => undefined);
    }
  };

  return {
    take,
    async takeOne(target, limits) {
      const turn = await take(target, 1, limits);
      if (turn === null) {
        throw rateExceeded(target);
      }
      return turn;
    },
    async send(target, limits, attempt) {
      for (let attempts = 1; ; attempts++) {
        const answer = await attempt();
        const pause = pauseBeforeRetry(answer, attempts, clock.now(), limits.deadline);
        if (pause === null) {
          return answer;
        }
        await clock.sleep(pause, limits.signal ?? stopping).catch(() => undefined);
        if ((await take(target, 1, limits)) === null) {
          return answer;
        }
      }
    },
  };
}

/** Resolves when a read is the first of its target. Null: not before its deadline. */
type InLine = (target: TargetAddress, limits: ReadLimits) => Promise<EndTurn | null>;

/** The reads of each target that wait for the quota: only the first one requests it. */
function createLine(stopping: AbortSignal, clock: ReadClock): InLine {
  const lines = new Map<string, FairTurns>();
  return async (target, { deadline, signal = stopping, callerKey = GATEWAY }) => {
    const key = targetKey(target);
    const line = lines.get(key) ?? createFairTurns(ONE_AT_A_TIME);
    lines.set(key, line);
    const first = line.tryTake(callerKey);
    if (first !== null) {
      return first;
    }
    const expired = AbortSignal.timeout(Math.max(0, Math.ceil(deadline - clock.now())));
    try {
      return await line.take(callerKey, 1, AbortSignal.any([signal, stopping, expired]));
    } catch (error) {
      if (!stopping.aborted && !signal.aborted && expired.aborted) {
        return null;
      }
      throw stopping.aborted ? gatewayStopping() : error;
    }
  };
}

/**
 * Milliseconds until a turn is requested again; null when none comes before the deadline.
 *
 * @param wait milliseconds until the quota grants a request, if no other reader takes it.
 */
export function pauseBeforeTurn(wait: number, now: number, deadline: number): number | null {
  return now + wait > deadline ? null : Math.min(wait, MAX_PAUSE_MS);
}

/**
 * Milliseconds until a read is sent again; null when its answer stands.
 *
 * @param attempts requests sent so far, 1 or more.
 */
export function pauseBeforeRetry(
  answer: { readonly kind: 'READ' } | Refused | Unanswered,
  attempts: number,
  now: number,
  deadline: number,
): number | null {
  if (answer.kind === 'READ' || attempts >= MAX_ATTEMPTS || !verdictOf(answer).retry) {
    return null;
  }
  const pause = Math.max((RETRY_DELAYS[attempts - 1] ?? 0) * 1_000, answer.retryAfterMs ?? 0);
  return now + pause > deadline ? null : pause;
}

/** The error of a read that found no room in the rate of its target before its deadline. */
export function rateExceeded({ administrator, service, region }: TargetAddress): GatewayError {
  const reason = `its rate leaves no room for this read within ${MAX_READ_WAIT_MS / 1_000} seconds; try again later, or query fewer accounts at once`;
  return new GatewayError('THROTTLED', `${service} in ${region} as ${administrator}: ${reason}`, {
    details: { administrator, service, region, reasonCode: 'THROTTLED', reason },
  });
}
