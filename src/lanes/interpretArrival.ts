import type { ClaimedCall, Settlement, UnsettledCall } from '../ports/laneRecord.js';
import type {
  CallAnswer,
  MembersRead,
  Refused,
  ResponseMetadata,
  Unanswered,
  UnprocessedAccount,
} from '../ports/upstream.js';
import { landsBy } from '../services/answers/readBack.js';
import { settlementOf } from '../services/answers/settlement.js';
import { settlementOfReadBack } from '../services/answers/settlementOfReadBack.js';
import type { InDoubtCall } from './inDoubtCalls.js';

/** An answer of AWS to a call, or to the read-back of a call in doubt, that is not recorded yet. */
export type Arrival =
  | { readonly kind: 'ANSWER'; readonly call: ClaimedCall; readonly answer: CallAnswer }
  | {
      readonly kind: 'READ_BACK';
      readonly inDoubt: InDoubtCall;
      readonly read: MembersRead | Refused | Unanswered;
      /** The time of day when the read-back left, in milliseconds. */
      readonly sentAt: number;
    };

/**
 * The meaning of an arrival for the record.
 * - `SETTLES`: every account of the call has its verdict.
 * - `ACKNOWLEDGED`: the service took the call and says nothing of single accounts: read the members back.
 * - `LOST`: the service may have done the work or not: read the members back.
 * - `READ_BACK_FAILED`: read them back again, after a pause.
 * - `TOO_EARLY`: the call may still take effect: read them back again after `waitMs` milliseconds.
 */
export type Interpretation =
  | {
      readonly kind: 'SETTLES';
      readonly settlement: Settlement;
      /** Accounts in the answer that the call did not carry: logged, never recorded. */
      readonly unrequested: readonly UnprocessedAccount[];
      /** The detector that GuardDuty does not know (any more), unless the caller named it; else null. */
      readonly unknownDetector: string | null;
      /** Whether the service throttled the call; null for a read-back, which says nothing of the pace. */
      readonly throttled: boolean | null;
    }
  | { readonly kind: 'ACKNOWLEDGED'; readonly call: UnsettledCall; readonly metadata: ResponseMetadata }
  | { readonly kind: 'LOST'; readonly call: UnsettledCall; readonly answer: Unanswered }
  | { readonly kind: 'READ_BACK_FAILED'; readonly inDoubt: InDoubtCall; readonly error: string }
  | { readonly kind: 'TOO_EARLY'; readonly inDoubt: InDoubtCall; readonly waitMs: number };

/** @param at the time of day in milliseconds, and how long after its start a call may still take effect. */
export function interpretArrival(
  arrival: Arrival,
  at: { readonly now: number; readonly landsWithinMs: number },
): Interpretation {
  return arrival.kind === 'ANSWER'
    ? interpretAnswer(arrival.call, arrival.answer)
    : interpretReadBack(arrival, at);
}

function interpretAnswer(call: ClaimedCall, answer: CallAnswer): Interpretation {
  if (answer.kind === 'ACKNOWLEDGED') {
    return { kind: 'ACKNOWLEDGED', call: toUnsettled(call, true), metadata: answer.metadata };
  }
  if (answer.kind === 'UNANSWERED' && !answer.neverSent) {
    return { kind: 'LOST', call: toUnsettled(call, false), answer };
  }
  const { settlement, unrequested } = settlementOf(call, answer);
  const { defaultVerdict } = settlement;
  const throttled = defaultVerdict.reasonCode === 'THROTTLED';
  if (defaultVerdict.reasonCode !== 'DETECTOR_NOT_FOUND' || call.detectorPinned) {
    return { kind: 'SETTLES', settlement, unrequested, unknownDetector: null, throttled };
  }
  const again = { ...settlement, defaultVerdict: { ...defaultVerdict, retry: true } };
  return { kind: 'SETTLES', settlement: again, unrequested, unknownDetector: call.detectorId, throttled };
}

function interpretReadBack(
  { inDoubt, read, sentAt }: Extract<Arrival, { kind: 'READ_BACK' }>,
  { now, landsWithinMs }: { readonly now: number; readonly landsWithinMs: number },
): Interpretation {
  const { call, lostAnswer } = inDoubt;
  if (read.kind !== 'READ') {
    return {
      kind: 'READ_BACK_FAILED',
      inDoubt,
      error: `GetMembers: ${read.errorCode}: ${read.errorMessage}`,
    };
  }
  const settlement = settlementOfReadBack(call, read.members, lostAnswer);
  const showsAll = settlement.exceptions.size === call.accountIds.length;
  // A call that was answered has taken effect already. Another one may have done so after the service had read the members.
  const at = showsAll || call.acknowledged ? null : landsBy(call, landsWithinMs, sentAt);
  return at === null
    ? { kind: 'SETTLES', settlement, unrequested: [], unknownDetector: null, throttled: null }
    : { kind: 'TOO_EARLY', inDoubt, waitMs: Math.max(0, at - now) };
}

function toUnsettled(call: ClaimedCall, acknowledged: boolean): UnsettledCall {
  const { callId, operation, detectorId, startedAt } = call;
  const accountIds = call.accounts.map(({ accountId }) => accountId);
  return { callId, operation, detectorId, startedAt, accountIds, acknowledged };
}
