import type { ClaimedCall, Settlement, Tenure } from '../ports/laneRecord.js';
import type { CallAnswer, MembersRead, Refused, Unanswered } from '../ports/upstream.js';
import { landsBy } from '../services/answers/readBack.js';
import { settlementOf } from '../services/answers/settlement.js';
import { settlementOfReadBack } from '../services/answers/settlementOfReadBack.js';
import type { Doubt } from './inDoubtCalls.js';
import type { LaneDependencies } from './laneDependencies.js';

/** What came back from AWS and is to be written down. */
export type Arrival =
  | { readonly call: ClaimedCall; readonly answer: CallAnswer }
  | { readonly doubt: Doubt; readonly read: MembersRead | Refused | Unanswered };

/**
 * What an arrival means.
 * - `SETTLES`: everything the call carried.
 * - `DOUBT`: nobody knows yet; the members are to be read back.
 * - `READ_AGAIN`: nor does the read-back know; at that time, or after a pause when it failed (null).
 * - `LOST`: the lane is another worker's, and what arrived could not be written down.
 */
export type Finding =
  | { readonly kind: 'SETTLES'; readonly settlement: Settlement }
  | { readonly kind: 'DOUBT'; readonly doubt: Doubt }
  | { readonly kind: 'READ_AGAIN'; readonly doubt: Doubt; readonly at: number | null }
  | { readonly kind: 'LOST' };

/**
 * What an arrival means for the record. Lets the pacer and the detector learn from it, and writes down what settles
 * nothing: that an answer was lost or said nothing of accounts, or a read-back failed.
 */
export function findingOf(tenure: Tenure, tools: LaneDependencies, arrival: Arrival): Promise<Finding> {
  return 'call' in arrival
    ? findingOfAnswer(tenure, tools, arrival.call, arrival.answer)
    : findingOfReadBack(tenure, tools, arrival.doubt, arrival.read);
}

async function findingOfAnswer(
  tenure: Tenure,
  { record, pacer, detector, log }: LaneDependencies,
  call: ClaimedCall,
  answer: CallAnswer,
): Promise<Finding> {
  const accountIds = call.accounts.map(({ accountId }) => accountId);
  if (answer.kind === 'ACKNOWLEDGED') {
    if ((await record.markAnswered(tenure, call.callId, answer.metadata)) === 'LOST') {
      return { kind: 'LOST' };
    }
    pacer.recover();
    return { kind: 'DOUBT', doubt: { call: { ...call, accountIds, acknowledged: true }, lost: null } };
  }
  if (answer.kind === 'UNANSWERED' && !answer.neverSent) {
    const { metadata, errorCode, errorMessage } = answer;
    await record.markUnanswered(tenure, call.callId, metadata, errorCode, errorMessage);
    return { kind: 'DOUBT', doubt: { call: { ...call, accountIds, acknowledged: false }, lost: answer } };
  }
  const { settlement, unrequested } = settlementOf(call, answer);
  if (settlement.defaultVerdict.reasonCode === 'THROTTLED') {
    pacer.slowDown();
  } else {
    pacer.recover();
  }
  if (unrequested.length > 0) {
    log.warn({ callId: call.callId, unrequested }, 'answer lists accounts that were not asked for');
  }
  const disowned = settlement.defaultVerdict.reasonCode === 'DETECTOR_NOT_FOUND' && !call.detectorPinned;
  if (!disowned) {
    return { kind: 'SETTLES', settlement };
  }
  detector?.forget(call.detectorId);
  return {
    kind: 'SETTLES',
    settlement: { ...settlement, defaultVerdict: { ...settlement.defaultVerdict, retry: true } },
  };
}

async function findingOfReadBack(
  tenure: Tenure,
  { record, invitationLandsWithinMs, log }: LaneDependencies,
  doubt: Doubt,
  read: MembersRead | Refused | Unanswered,
): Promise<Finding> {
  const { call, lost } = doubt;
  if (read.kind !== 'READ') {
    const error = `GetMembers: ${read.errorCode}: ${read.errorMessage}`;
    log.warn({ callId: call.callId, error }, 'a call cannot be read back; its accounts stay IN_FLIGHT');
    await record.noteReadBackError(tenure, call.callId, error);
    return { kind: 'READ_AGAIN', doubt, at: null };
  }
  const settlement = settlementOfReadBack(call, read.members, lost);
  const missing = settlement.exceptions.size < call.accountIds.length;
  // What was answered has landed.
  const at = missing && !call.acknowledged ? landsBy(call, invitationLandsWithinMs) : null;
  return at === null ? { kind: 'SETTLES', settlement } : { kind: 'READ_AGAIN', doubt, at };
}
