import pLimit from 'p-limit';
import { createFailureLog } from '../log.js';
import type { Lane } from '../ports/laneRecord.js';
import { decide } from './laneDecider.js';
import type { LaneDependencies } from './laneDependencies.js';
import { perform, type ActionContext, type ActionEnd, type TenureEnd } from './laneExecutor.js';
import { evolve } from './laneEvents.js';
import { newTenure } from './tenureState.js';
import { recordLateArrivals } from './recordArrivals.js';

/** Pause after the database failed, in milliseconds. Answers that have arrived are kept and recorded afterwards. */
const DATABASE_RETRY_PAUSE_MS = 1_000;

const FAILURES = { failed: 'lane paused: the database failed', worked: 'lane continues' };

/** When to leave a lane that is not empty. */
export interface DrainSignals {
  /** The process is about to end: settle what is in flight, send nothing new. */
  readonly stop: AbortSignal;
  /** Another worker has the lane's job: send nothing more; the successor finds out about the calls in flight. */
  readonly lost: AbortSignal;
}

/**
 * Works one lane: acquires it, settles the open calls of earlier holders, sends what waits, and stays until the lane
 * has been empty for a while.
 *
 * This one loop makes every database statement of the lane, one action after the other: claims and settlements never
 * meet, and answers that arrive during one action are settled together by a later one.
 */
export async function drainLane(
  lane: Lane,
  deps: LaneDependencies,
  { stop, lost }: DrainSignals,
): Promise<TenureEnd> {
  const { wakeSignal, pace, log } = deps;
  const failures = createFailureLog(log, FAILURES, { lane });
  const tenure = await deps.record.acquire(lane);
  let state = newTenure(pace.current, deps.callsInFlight, performance.now());

  const report: ActionContext['report'] = (event) => {
    state = evolve(state, event, performance.now());
    pace.current = state.pace;
  };
  let end: ActionEnd = 'DONE';
  const context: ActionContext = {
    tenure,
    deps,
    report,
    whenRoom: pLimit(deps.callsInFlight),
    mayLeave: () => end === 'DONE' && !lost.aborted && deps.isSeen(),
    sends: new Set(),
  };

  const step = async (): Promise<ActionEnd> => {
    if (stop.aborted) {
      report({ kind: 'STOPPING' });
    }
    if (wakeSignal.consumeNewWork()) {
      report({ kind: 'NEW_WORK' });
    }
    const decision = decide(state, performance.now());
    state = decision.state;
    const ended = await perform(context, decision.action);
    if (decision.action.kind !== 'SLEEP') {
      failures.worked();
    }
    return ended;
  };

  const pauseAfter = async (error: unknown): Promise<'DONE'> => {
    failures.failed(error);
    report({ kind: 'DATABASE_FAILED' });
    await wakeSignal.sleep(DATABASE_RETRY_PAUSE_MS);
    return 'DONE';
  };

  while (end === 'DONE') {
    end = lost.aborted ? 'LOST' : await step().catch(pauseAfter);
  }
  if (end === 'LOST') {
    await Promise.all(context.sends);
    await recordLateArrivals(tenure, deps, state.arrivals).catch((error: unknown) => {
      log.error({ err: error, lane }, 'answers that came after the lane was lost were not recorded');
    });
  }
  return end;
}
