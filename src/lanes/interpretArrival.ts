import type { ClaimedCall, Settlement, UnsettledCall } from '../ports/laneRecord.js';
import type {
  CallAnswer,
  MembersRead,
  Refused,
  ResponseMetadata,
  Unanswered,
  UnprocessedAccount,
} from '../ports/upstream.js';
import { landsIn } from '../services/answers/readBack.js';
import { settlementOf } from '../services/answers/settlement.js';
import { settlementOfReadBack } from '../services/answers/settlementOfReadBack.js';
import { newInDoubt, type InDoubtCall } from './inDoubtCalls.js';

/** An answer of AWS to a call, or to the read-back of a call in doubt, that is not recorded yet. */
export type Arrival =
  | {
      readonly kind: 'ANSWER';
      readonly call: ClaimedCall;
      readonly answer: CallAnswer;
      /** When the call left, in milliseconds of the lane's clock. */
      readonly sentAt: number;
    }
  | {
      readonly kind: 'READ_BACK';
      readonly inDoubt: InDoubtCall;
      readonly read: MembersRead | Refused | Unanswered;
      /** When the read-back left, in milliseconds of the lane's clock. */
      readonly sentAt: number;
    };

/**
 * The meaning of an arrival for the record.
 * - `SETTLES`: every account of the call has its verdict.
 * - `ACKNOWLEDGED`: the service took the call and says nothing of single accounts: read the members back.
 * - `LOST`: the service may have done the work or not: read the members back.
 * - `PARTLY_READ_BACK`: some accounts have their verdict; the others are read back again, after a pause.
 * - `READ_BACK_FAILED`: read them back again, after a pause.
 * - `REJECTED`: the record does not take the settlement: read the members back, after a pause.
 * - `CLEARED`: somebody has settled the call by hand.
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
  | {
      readonly kind: 'PARTLY_READ_BACK';
      readonly settlement: Settlement;
      /** The call with the accounts that are still in doubt. */
      readonly inDoubt: InDoubtCall;
      readonly error: string;
    }
  | { readonly kind: 'READ_BACK_FAILED'; readonly inDoubt: InDoubtCall; readonly error: string }
  | { readonly kind: 'REJECTED'; readonly inDoubt: InDoubtCall }
  | { readonly kind: 'CLEARED' }
  | { readonly kind: 'TOO_EARLY'; readonly inDoubt: InDoubtCall; readonly waitMs: number };

/** @param at the lane's clock in milliseconds, and how long after its start a call may still take effect. */
export function interpretArrival(
  arrival: Arrival,
  at: { readonly now: number; readonly landsWithinMs: number },
): Interpretation {
  return arrival.kind === 'ANSWER' ? interpretAnswer(arrival, at.now) : interpretReadBack(arrival, at);
}

/** Milliseconds for which the service asked for no other request; 0 if it did not ask. */
export function retryAfterMs(arrival: Arrival): number {
  const answer = arrival.kind === 'ANSWER' ? arrival.answer : arrival.read;
  return answer.kind === 'REFUSED' || answer.kind === 'UNANSWERED' ? (answer.retryAfterMs ?? 0) : 0;
}

/** The call of an arrival whose settlement the record does not take. */
export function rejectedCall(arrival: Arrival, now: number): InDoubtCall {
  return arrival.kind === 'READ_BACK'
    ? arrival.inDoubt
    : newInDoubt(toUnsettled(arrival.call, now - arrival.sentAt, false), null, now);
}

function interpretAnswer(
  { call, answer, sentAt }: Extract<Arrival, { kind: 'ANSWER' }>,
  now: number,
): Interpretation {
  const ageMs = now - sentAt;
  if (answer.kind === 'ACKNOWLEDGED') {
    return { kind: 'ACKNOWLEDGED', call: toUnsettled(call, ageMs, true), metadata: answer.metadata };
  }
  if (answer.kind === 'UNANSWERED' && !answer.neverSent) {
    return { kind: 'LOST', call: toUnsettled(call, ageMs, false), answer };
  }
  const { settlement, unrequested } = settlementOf(call, answer);
  const { defaultVerdict } = settlement;
  const throttled = defaultVerdict?.reasonCode === 'THROTTLED';
  if (defaultVerdict?.reasonCode !== 'DETECTOR_NOT_FOUND' || call.detectorPinned) {
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
  const { settlement, notDone, unknown } = settlementOfReadBack(call, read, lostAnswer);
  // A call that was answered has taken effect already. Another one may have done so after the service had read the members.
  const mayLand = notDone > 0 && !call.acknowledged;
  const landsAfterMs = mayLand ? landsIn(call.operation, landsWithinMs, sentAt - inDoubt.startedAt) : 0;
  if (landsAfterMs > 0) {
    return { kind: 'TOO_EARLY', inDoubt, waitMs: Math.max(0, sentAt + landsAfterMs - now) };
  }
  const [first] = unknown;
  if (first === undefined) {
    return { kind: 'SETTLES', settlement, unrequested: [], unknownDetector: null, throttled: null };
  }
  const error = `GetMembers: account ${first.accountId}: ${first.words}`;
  if (settlement.exceptions.size === 0) {
    return { kind: 'READ_BACK_FAILED', inDoubt, error };
  }
  const accountIds = unknown.map(({ accountId }) => accountId);
  return {
    kind: 'PARTLY_READ_BACK',
    settlement,
    inDoubt: { ...inDoubt, call: { ...call, accountIds } },
    error,
  };
}

function toUnsettled(call: ClaimedCall, ageMs: number, acknowledged: boolean): UnsettledCall {
  const { callId, operation, detectorId, startedAt } = call;
  const accountIds = call.accounts.map(({ accountId }) => accountId);
  return { callId, operation, detectorId, startedAt, ageMs, accountIds, acknowledged };
}
