import type { Settlement, Tenure } from '../ports/laneRecord.js';
import { interpretArrival, type Arrival, type Interpretation } from './interpretArrival.js';
import type { LaneDependencies } from './laneDependencies.js';
import type { RecordedArrival } from './laneEvents.js';

/** Most accounts of one answer that a line of the log shows. */
const MAX_LOGGED = 10;

/**
 * Writes arrivals to the record: those that settle their calls all in one statement.
 *
 * @returns the arrivals with their meaning; `LOST` when the lane is another worker's and nothing could be settled.
 * @throws what the database throws; the same arrivals may then be recorded again.
 */
export async function recordArrivals(
  tenure: Tenure,
  deps: LaneDependencies,
  arrivals: readonly Arrival[],
): Promise<readonly RecordedArrival[] | 'LOST'> {
  const at = { now: performance.now(), landsWithinMs: deps.invitationLandsWithinMs };
  const recorded = arrivals.map((arrival) => ({ arrival, interpretation: interpretArrival(arrival, at) }));
  const marked = await Promise.all(
    recorded.map(({ interpretation }) => markCall(tenure, deps, interpretation)),
  );
  if (marked.includes('LOST')) {
    return 'LOST';
  }
  const settlements = recorded.flatMap(({ interpretation }): Settlement[] =>
    'settlement' in interpretation ? [interpretation.settlement] : [],
  );
  if (
    settlements.length > 0 &&
    (await deps.record.settle(tenure, settlements, deps.retryDelays)) === 'LOST'
  ) {
    return 'LOST';
  }
  return recorded;
}

/**
 * Records arrivals after the lane was lost. Answers that cannot settle their calls any more are kept beside them.
 *
 * @throws what the database throws.
 */
export async function recordLateArrivals(
  tenure: Tenure,
  deps: LaneDependencies,
  arrivals: readonly Arrival[],
): Promise<void> {
  if (arrivals.length === 0 || (await recordArrivals(tenure, deps, arrivals)) !== 'LOST') {
    return;
  }
  for (const arrival of arrivals) {
    if (arrival.kind === 'ANSWER' && arrival.answer.kind !== 'UNANSWERED') {
      await deps.record.recordLateAnswer(arrival.call.callId, arrival.answer);
    }
  }
}

/** Writes to the call what does not settle it, and to the log what the record does not keep. */
async function markCall(
  tenure: Tenure,
  { record, detector, log }: LaneDependencies,
  interpretation: Interpretation,
): Promise<'MARKED' | 'LOST'> {
  switch (interpretation.kind) {
    case 'ACKNOWLEDGED':
      return record.markAnswered(tenure, interpretation.call.callId, interpretation.metadata);
    case 'LOST':
      await record.markUnanswered(tenure, interpretation.call.callId, interpretation.answer);
      break;
    case 'PARTLY_READ_BACK':
    case 'READ_BACK_FAILED': {
      const { error, inDoubt } = interpretation;
      const { callId } = inDoubt.call;
      log.warn({ callId, error }, 'a call cannot be read back; its accounts stay IN_FLIGHT');
      await record.noteReadBackError(tenure, callId, error);
      break;
    }
    case 'SETTLES': {
      const { settlement, unrequested, unknownDetector } = interpretation;
      if (unrequested.length > 0) {
        const { callId } = settlement;
        log.warn(
          { callId, accounts: unrequested.length, unrequested: unrequested.slice(0, MAX_LOGGED) },
          'the answer lists accounts that its call did not carry',
        );
      }
      if (unknownDetector !== null) {
        detector?.forget(unknownDetector);
      }
      break;
    }
    case 'TOO_EARLY':
      break;
  }
  return 'MARKED';
}
