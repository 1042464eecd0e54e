import type { Settlement, Tenure } from '../ports/laneRecord.js';
import { interpretArrival, rejectedCall, type Arrival, type Interpretation } from './interpretArrival.js';
import type { LaneDependencies } from './laneDependencies.js';
import type { RecordedArrival } from './laneEvents.js';

/** Most accounts of one answer that a line of the log shows. */
const MAX_LOGGED = 10;

/** Why a call whose settlement the record does not take is in doubt. */
const REJECTED = 'the record does not take what the answer says; the members are read back';

/**
 * Writes arrivals to the record: those that settle their calls all in one statement. If the record does not take what one of
 * them says, each is settled alone, and that one is in doubt.
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
  const marked = await Promise.all(
    arrivals.map(async (arrival) => {
      const interpretation = await markCall(tenure, deps, interpretArrival(arrival, at));
      return { arrival, interpretation };
    }),
  );
  const recorded: RecordedArrival[] = [];
  for (const { arrival, interpretation } of marked) {
    if (interpretation === 'LOST') {
      return 'LOST';
    }
    recorded.push({ arrival, interpretation });
  }
  switch (await settle(tenure, deps, recorded)) {
    case 'SETTLED':
      return recorded;
    case 'LOST':
      return 'LOST';
    case 'REJECTED':
      return settleOneByOne(tenure, deps, recorded);
  }
}

async function settle(
  tenure: Tenure,
  { record, retryDelays }: LaneDependencies,
  recorded: readonly RecordedArrival[],
): Promise<'SETTLED' | 'LOST' | 'REJECTED'> {
  const settlements = recorded.flatMap(({ interpretation }): Settlement[] =>
    'settlement' in interpretation ? [interpretation.settlement] : [],
  );
  return settlements.length === 0 ? 'SETTLED' : record.settle(tenure, settlements, retryDelays);
}

async function settleOneByOne(
  tenure: Tenure,
  deps: LaneDependencies,
  recorded: readonly RecordedArrival[],
): Promise<readonly RecordedArrival[] | 'LOST'> {
  const after: RecordedArrival[] = [];
  for (const one of recorded) {
    const end = await settle(tenure, deps, [one]);
    if (end === 'LOST') {
      return 'LOST';
    }
    after.push(end === 'SETTLED' ? one : await rejected(tenure, deps, one.arrival));
  }
  return after;
}

async function rejected(
  tenure: Tenure,
  { record, log }: LaneDependencies,
  arrival: Arrival,
): Promise<RecordedArrival> {
  const inDoubt = rejectedCall(arrival, performance.now());
  const { callId } = inDoubt.call;
  log.error({ callId }, REJECTED);
  if (arrival.kind === 'ANSWER') {
    const { metadata } = arrival.answer;
    await record.markUnanswered(tenure, callId, {
      metadata,
      errorCode: 'RejectedAnswer',
      errorMessage: REJECTED,
    });
  }
  await record.noteReadBackError(tenure, callId, REJECTED);
  return { arrival, interpretation: { kind: 'REJECTED', inDoubt } };
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

/**
 * Writes to the call what does not settle it, and to the log what the record does not keep. Gives the interpretation, or
 * CLEARED for a call that somebody has settled by hand meanwhile.
 */
async function markCall(
  tenure: Tenure,
  deps: LaneDependencies,
  interpretation: Interpretation,
): Promise<Interpretation | 'LOST'> {
  const { record, log } = deps;
  switch (interpretation.kind) {
    case 'ACKNOWLEDGED': {
      const { call, metadata } = interpretation;
      const end = await record.markAnswered(tenure, call.callId, metadata);
      return end === 'LOST' ? 'LOST' : interpretation;
    }
    case 'LOST':
      await record.markUnanswered(tenure, interpretation.call.callId, interpretation.answer);
      break;
    case 'PARTLY_READ_BACK':
    case 'READ_BACK_FAILED': {
      const { error, inDoubt } = interpretation;
      const { callId } = inDoubt.call;
      log.warn({ callId, error }, 'a call cannot be read back; its accounts stay IN_FLIGHT');
      const end = await record.noteReadBackError(tenure, callId, error);
      return end === 'SETTLED' ? { kind: 'CLEARED' } : interpretation;
    }
    case 'SETTLES':
      noteAnswer(deps, interpretation);
      break;
    case 'REJECTED':
    case 'CLEARED':
    case 'TOO_EARLY':
      break;
  }
  return interpretation;
}

function noteAnswer(
  { detector, log }: LaneDependencies,
  { settlement, unrequested, unknownDetector }: Extract<Interpretation, { kind: 'SETTLES' }>,
): void {
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
}
