import type { Log } from '../log.js';
import { ACCOUNTS_PER_CALL } from '../membership.js';
import type { ClaimedCall, LaneRecord, Settlement, Tenure } from '../ports/laneRecord.js';
import type { CallAnswer, MembersRead, Refused, Unanswered, Upstream } from '../ports/upstream.js';
import { RETRY_DELAYS } from '../services/retryPolicy.js';
import { settlementOf, settlementOfReadBack } from '../services/settlement.js';
import type { LaneDetector } from './detector.js';
import type { Doorbell } from './doorbell.js';
import { createDoubts, type Doubt } from './doubts.js';
import type { Pacer } from './pacer.js';

/** Pause after a claim found that nothing may leave, in milliseconds: a crowd's arrivals are looked at together. */
const FRUITLESS_PAUSE_MS = 20;

/** Before work that waits for other calls is looked at again without being told, in milliseconds. */
const WAITING_POLL_MS = 200;

/** Everything one lane is worked with. Pacer, detector and bell outlive a tenure. */
export interface LaneTools {
  readonly record: LaneRecord;
  readonly upstream: Upstream;
  readonly pacer: Pacer;
  /** Null for Security Hub, which has none. */
  readonly detector: LaneDetector | null;
  /** Rung when work or an answer arrives, and when the process stops. */
  readonly bell: Doorbell;
  /** Most requests to AWS in flight at once. */
  readonly callsInFlight: number;
  readonly log: Log;
}

/** What came back from AWS and is to be written down. */
type Arrival =
  | { readonly call: ClaimedCall; readonly answer: CallAnswer }
  | { readonly doubt: Doubt; readonly read: MembersRead | Refused | Unanswered };

/** A step that found nothing to start: sleep so many milliseconds at most (null: until the bell rings). */
export interface Rest {
  readonly sleep: number | null;
  /** Nothing waits, nothing is in flight and nothing is in doubt. */
  readonly empty: boolean;
}

/** The work of one tenure. Its two steps are never run at the same time; requests to AWS run beside them. */
export interface LaneWork {
  /** Writes down everything that has come back; false when there was nothing. */
  settleArrived(): Promise<boolean>;
  /** Starts one request to AWS, if one may leave. */
  startNext(): Promise<'STARTED' | Rest>;
  /** Requests to AWS that are out, or back and not yet written down. */
  open(): number;
}

export async function createLaneWork(tenure: Tenure, tools: LaneTools): Promise<LaneWork> {
  const { record, upstream, pacer, detector, bell, log } = tools;
  const { lane } = tenure;
  const inFlight = new Map<string, ClaimedCall>();
  const reading = new Set<Doubt>();
  const arrivals: Arrival[] = [];
  const doubts = createDoubts();
  let nextClaim = 0;
  /** Outcomes that wait in the lane, as long as nothing can have changed that; null: only the record knows. */
  let left: number | null = null;
  for (const call of await record.inherit(tenure)) doubts.add({ call, lost: null });
  pacer.recall(await record.recentSends(tenure));

  const arrive = (arrival: Arrival): void => {
    arrivals.push(arrival);
    bell.ring(false);
  };

  const send = async (call: ClaimedCall): Promise<void> => {
    arrive({ call, answer: await upstream.changeMembers(lane, call).catch(asLost) });
  };

  const readBack = async (doubt: Doubt): Promise<void> => {
    const { detectorId, accountIds } = doubt.call;
    arrive({ doubt, read: await upstream.getMembers(lane, detectorId, accountIds).catch(asLost) });
  };

  /** The settlement of an answered or refused call; null when its answer is lost and it must be read back first. */
  const settlementOfCall = async (call: ClaimedCall, answer: CallAnswer): Promise<Settlement | null> => {
    if (answer.kind === 'UNANSWERED' && !answer.neverSent) {
      const { wire, errorCode, errorMessage } = answer;
      await record.markUnanswered(tenure, call.callId, wire, errorCode, errorMessage);
      return null;
    }
    const { settlement, strangers } = settlementOf(call, answer);
    if (settlement.rest.reasonCode === 'THROTTLED') pacer.slowDown();
    else pacer.recover();
    if (strangers.length > 0) {
      log.warn({ callId: call.callId, strangers }, 'answer lists accounts that were not asked for');
    }
    const disowned = settlement.rest.reasonCode === 'DETECTOR_NOT_FOUND' && !call.detectorPinned;
    if (!disowned) return settlement;
    detector?.forget(call.detectorId);
    return { ...settlement, rest: { ...settlement.rest, retry: true } };
  };

  const settlementOfArrival = async (arrival: Arrival): Promise<Settlement | null> => {
    if ('call' in arrival) return settlementOfCall(arrival.call, arrival.answer);
    const { doubt, read } = arrival;
    return read.kind === 'READ' ? settlementOfReadBack(doubt.call, read.members, doubt.lost) : null;
  };

  /** Takes what has been written down off the list of what is out. */
  const close = (arrival: Arrival, settled: boolean): void => {
    if ('doubt' in arrival) {
      reading.delete(arrival.doubt);
      if (!settled) doubts.putBack(arrival.doubt);
      return;
    }
    const { call, answer } = arrival;
    inFlight.delete(call.callId);
    if (settled || answer.kind !== 'UNANSWERED') return;
    const accountIds = call.accounts.map(({ accountId }) => accountId);
    doubts.add({ call: { ...call, accountIds }, lost: answer });
  };

  const settleArrived = async (): Promise<boolean> => {
    const batch = [...arrivals];
    if (batch.length === 0) return false;
    const settlements = await Promise.all(batch.map(settlementOfArrival));
    const ready = settlements.filter((settlement) => settlement !== null);
    if (ready.length > 0) await record.settle(tenure, ready, RETRY_DELAYS);
    // Only now: had the database failed, the same arrivals would be settled once it is back.
    arrivals.splice(0, batch.length);
    batch.forEach((arrival, index) => {
      close(arrival, settlements[index] !== null);
    });
    nextClaim = 0;
    if (ready.some(mayReturn)) left = null;
    return true;
  };

  /** The lane's detector, as far as it is to be had; and when to look again, if that is worth while. */
  const findDetector = async (): Promise<{ detectorId: string | null; wait: number | null }> => {
    if (detector === null) return { detectorId: null, wait: null };
    if (!detector.isKnown() && (await record.waiting(tenure)).wait === null) {
      return { detectorId: null, wait: null };
    }
    const found = await detector.find();
    if (found.kind === 'KNOWN') return { detectorId: found.detectorId, wait: null };
    if (found.kind === 'LATER') return { detectorId: null, wait: found.wait };
    log.warn({ lane, reason: found.verdict.reason }, 'no detector: what waits for one fails');
    await record.failWaiting(tenure, found.verdict);
    return { detectorId: null, wait: null };
  };

  /**
   * Whether a claim is worth its statement: always when any call may leave, else only when a full one may have come
   * together.
   */
  const mayLeave = async (partialWait: number): Promise<boolean> =>
    (partialWait === 0 && inFlight.size === 0) ||
    (left ?? (await record.waiting(tenure)).outcomes) >= ACCOUNTS_PER_CALL;

  const claim = async (detectorId: string | null, partialWait: number): Promise<boolean> => {
    const call = await record.claim(tenure, {
      detectorId,
      busyBatchKeys: [...new Set([...inFlight.values()].map(({ batchKey }) => batchKey))],
      fullOnly: partialWait > 0,
    });
    if (call === null) return false;
    left = call.left;
    pacer.spend(call.accounts.length < ACCOUNTS_PER_CALL);
    inFlight.set(call.callId, call);
    void send(call);
    return true;
  };

  const rest = (waits: readonly (number | null)[]): Rest => {
    const known = waits.filter((wait) => wait !== null);
    return {
      sleep: known.length === 0 ? null : Math.ceil(Math.min(...known)),
      empty: known.length === 0 && inFlight.size + reading.size === 0,
    };
  };

  const startCall = async (): Promise<'STARTED' | Rest> => {
    const { detectorId, wait: detectorWait } = await findDetector();
    const partialWait = pacer.waitPartial();
    if ((await mayLeave(partialWait)) && (await claim(detectorId, partialWait))) return 'STARTED';
    const { outcomes, wait: turn } = await record.waiting(tenure);
    left = outcomes;
    const heldBack = turn !== null && turn <= 0;
    if (heldBack) nextClaim = Date.now() + FRUITLESS_PAUSE_MS;
    const callWait = heldBack ? partialWait || WAITING_POLL_MS : turn;
    return rest([callWait, detectorWait, doubts.wait()]);
  };

  const startNext = async (): Promise<'STARTED' | Rest> => {
    const wait = Math.max(pacer.wait(), nextClaim - Date.now());
    if (wait > 0) return { sleep: wait, empty: false };
    if (inFlight.size + reading.size >= tools.callsInFlight) return { sleep: null, empty: false };
    if (bell.takeNews()) left = null;
    const doubt = doubts.takeDue();
    if (doubt === null) return left === 0 ? rest([doubts.wait()]) : startCall();
    pacer.spend(false);
    reading.add(doubt);
    void readBack(doubt);
    return 'STARTED';
  };

  return { settleArrived, startNext, open: () => inFlight.size + reading.size };
}

/** Whether some of the accounts go back to wait. */
function mayReturn({ rest, exceptions }: Settlement): boolean {
  return rest.retry || [...exceptions.values()].some(({ retry }) => retry);
}

/** The upstream answers with values; if it fails all the same, whether the request left is anybody's guess. */
function asLost(error: unknown): Unanswered {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const wire = { httpStatus: null, awsRequestId: null, attempts: 0 };
  return { kind: 'UNANSWERED', wire, errorCode: name, errorMessage: message, neverSent: false };
}
