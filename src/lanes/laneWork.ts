import { ACCOUNTS_PER_CALL } from '../membership.js';
import type { ClaimedCall, Settlement, Tenure } from '../ports/laneRecord.js';
import type { Unanswered } from '../ports/upstream.js';
import { createDoubts, type Doubt } from './inDoubtCalls.js';
import { findingOf, type Arrival, type Finding } from './interpretArrival.js';
import type { LaneDependencies } from './laneDependencies.js';

/** Pause after a claim found that nothing may leave, in milliseconds: a crowd's arrivals are looked at together. */
const FRUITLESS_PAUSE_MS = 20;

/** Before work that waits for other calls is looked at again without being told, in milliseconds. */
const WAITING_POLL_MS = 200;

/** A step that found nothing to start: sleep so many milliseconds at most (null: until the bell rings). */
export interface Rest {
  readonly sleep: number | null;
  /** Nothing waits, nothing is in flight and nothing is in doubt. */
  readonly empty: boolean;
}

/** The work of one tenure. Its two steps are never run at the same time; requests to AWS run beside them. */
export interface LaneWork {
  /** Writes down everything that has come back. `LOST`: the lane is another worker's, and nothing could be written. */
  settleArrived(): Promise<'SETTLED' | 'LOST'>;
  /** Starts one request to AWS, if one may leave. `LOST` as above. */
  startNext(): Promise<'STARTED' | 'LOST' | Rest>;
  /** Requests to AWS that are out, or back and not yet written down. */
  open(): number;
  /** Nothing more is to be sent: waits for the calls that are out, and keeps beside them what can no longer settle them. */
  keepLate(): Promise<void>;
}

export function createLaneWork(tenure: Tenure, tools: LaneDependencies): LaneWork {
  const { record, upstream, rate, pacer, detector, wakeSignal, retryDelays, log } = tools;
  const { lane } = tenure;
  const inFlight = new Map<string, ClaimedCall>();
  const sends = new Set<Promise<void>>();
  const reading = new Set<Doubt>();
  const arrivals: Arrival[] = [];
  const doubts = createDoubts();
  /** Calls this tenure has in hand: in flight, in doubt, or back and not yet written down. */
  const known = new Set<string>();
  /** The record may have open calls that this tenure does not know: at first, and after a claim without an answer. */
  let stockTaken = false;
  let nextClaim = 0;
  /** Outcomes that wait in the lane, as long as nothing can have changed that; null: only the record knows. */
  let left: number | null = null;

  const takeStock = async (): Promise<void> => {
    for (const call of await record.adoptOpenCalls(tenure, [...known])) {
      known.add(call.callId);
      doubts.add({ call, lost: null });
    }
    pacer.behind((await record.pendingWork(tenure)).secondsToFullBurst);
    stockTaken = true;
  };

  const arrive = (arrival: Arrival): void => {
    arrivals.push(arrival);
    wakeSignal.notify({ newWork: false });
  };

  const send = async (call: ClaimedCall): Promise<void> => {
    arrive({ call, answer: await upstream.changeMembers(lane, call).catch(asLost) });
  };

  const readBack = async (doubt: Doubt): Promise<void> => {
    const { detectorId, accountIds } = doubt.call;
    arrive({ doubt, read: await upstream.getMembers(lane, detectorId, accountIds).catch(asLost) });
  };

  /** Takes what has been written down off the list of what is out. */
  const close = (arrival: Arrival, finding: Finding): void => {
    if ('doubt' in arrival) {
      reading.delete(arrival.doubt);
    } else {
      inFlight.delete(arrival.call.callId);
    }
    if (finding.kind === 'SETTLES') {
      known.delete(finding.settlement.callId);
    } else if (finding.kind === 'DOUBT') {
      doubts.add(finding.doubt);
    } else if (finding.kind === 'READ_AGAIN') {
      doubts.putBack(finding.doubt, finding.at);
    }
  };

  const settleArrived = async (): Promise<'SETTLED' | 'LOST'> => {
    const batch = [...arrivals];
    if (batch.length === 0) {
      return 'SETTLED';
    }
    const findings = await Promise.all(batch.map((arrival) => findingOf(tenure, tools, arrival)));
    if (findings.some(({ kind }) => kind === 'LOST')) {
      return 'LOST';
    }
    const ready = findings.flatMap((finding) => (finding.kind === 'SETTLES' ? [finding.settlement] : []));
    if (ready.length > 0 && (await record.settle(tenure, ready, retryDelays)) === 'LOST') {
      return 'LOST';
    }
    // Only now: had the database failed, the same arrivals would be settled once it is back.
    arrivals.splice(0, batch.length);
    for (const [index, finding] of findings.entries()) {
      const arrival = batch[index];
      if (arrival !== undefined) {
        close(arrival, finding);
      }
    }
    nextClaim = 0;
    if (ready.some(mayReturn)) {
      left = null;
    }
    return 'SETTLED';
  };

  /** Takes its share of the quota before a read leaves. False when the lane is another's. */
  const leaveForRead = async (): Promise<boolean> => {
    if (!(await record.spendQuota(tenure, rate))) {
      return false;
    }
    pacer.spend(false);
    return true;
  };

  /** The lane's detector, as far as it is to be had; and when to look again, if that is worth while. */
  const findDetector = async (): Promise<{ detectorId: string | null; wait: number | null }> => {
    if (detector === null) {
      return { detectorId: null, wait: null };
    }
    if (!detector.isKnown() && (await record.pendingWork(tenure)).dueInMs === null) {
      return { detectorId: null, wait: null };
    }
    const found = await detector.find(leaveForRead);
    if (found.kind === 'KNOWN') {
      return { detectorId: found.detectorId, wait: null };
    }
    if (found.kind === 'LATER') {
      return { detectorId: null, wait: found.wait };
    }
    log.warn({ lane, reason: found.verdict.reason }, 'no detector: what waits for one fails');
    await record.failPending(tenure, found.verdict);
    return { detectorId: null, wait: null };
  };

  /**
   * Whether a claim is worth its statement: always when any call may leave, else only when a full one may have come
   * together.
   */
  const mayLeave = async (partialWait: number): Promise<boolean> =>
    (partialWait === 0 && inFlight.size === 0) ||
    (left ?? (await record.pendingWork(tenure)).outcomes) >= ACCOUNTS_PER_CALL;

  const claim = async (detectorId: string | null, partialWait: number): Promise<boolean> => {
    stockTaken = false;
    const call = await record.claim(tenure, {
      rate,
      detectorId,
      busyBatchKeys: [...new Set([...inFlight.values()].map(({ batchKey }) => batchKey))],
      fullOnly: partialWait > 0,
    });
    stockTaken = true;
    if (call === null) {
      return false;
    }
    left = call.pendingInLane;
    pacer.spend(call.accounts.length < ACCOUNTS_PER_CALL);
    pacer.behind(call.secondsToFullBurst);
    inFlight.set(call.callId, call);
    known.add(call.callId);
    const sending = send(call).finally(() => sends.delete(sending));
    sends.add(sending);
    return true;
  };

  const rest = (waits: readonly (number | null)[]): Rest => {
    const some = waits.filter((wait) => wait !== null);
    return {
      sleep: some.length === 0 ? null : Math.ceil(Math.min(...some)),
      empty: some.length === 0 && inFlight.size + reading.size === 0,
    };
  };

  const startCall = async (): Promise<'STARTED' | Rest> => {
    const { detectorId, wait: detectorWait } = await findDetector();
    const partialWait = pacer.waitPartial();
    if ((await mayLeave(partialWait)) && (await claim(detectorId, partialWait))) {
      return 'STARTED';
    }
    const { outcomes, dueInMs: turn, secondsToFullBurst } = await record.pendingWork(tenure);
    left = outcomes;
    pacer.behind(secondsToFullBurst);
    const heldBack = turn !== null && turn <= 0;
    if (heldBack) {
      nextClaim = Date.now() + FRUITLESS_PAUSE_MS;
    }
    const callWait = heldBack ? partialWait || WAITING_POLL_MS : turn;
    return rest([callWait, detectorWait, doubts.wait()]);
  };

  const startReadBack = async (doubt: Doubt): Promise<'STARTED' | 'LOST'> => {
    reading.add(doubt);
    const mayRead = await leaveForRead().catch((error: unknown) => {
      reading.delete(doubt);
      doubts.add(doubt);
      throw error;
    });
    if (!mayRead) {
      return 'LOST';
    }
    void readBack(doubt);
    return 'STARTED';
  };

  const startNext = async (): Promise<'STARTED' | 'LOST' | Rest> => {
    if (!stockTaken) {
      await takeStock();
    }
    const wait = Math.max(pacer.wait(), nextClaim - Date.now());
    if (wait > 0) {
      return { sleep: wait, empty: false };
    }
    if (inFlight.size + reading.size >= tools.callsInFlight) {
      return { sleep: null, empty: false };
    }
    if (wakeSignal.consumeNewWork()) {
      left = null;
    }
    const doubt = doubts.takeDue();
    if (doubt !== null) {
      return startReadBack(doubt);
    }
    return left === 0 ? rest([doubts.wait()]) : startCall();
  };

  return {
    settleArrived,
    startNext,
    open: () => inFlight.size + reading.size,
    async keepLate() {
      await Promise.all(sends);
      if ((await settleArrived()) === 'SETTLED') {
        return;
      }
      for (const arrival of arrivals) {
        if (!('call' in arrival) || arrival.answer.kind === 'UNANSWERED') {
          continue;
        }
        await record.recordLateAnswer(arrival.call.callId, arrival.answer);
      }
    },
  };
}

/** Whether some of the accounts go back to wait. */
function mayReturn({ defaultVerdict, exceptions }: Settlement): boolean {
  return defaultVerdict.retry || [...exceptions.values()].some(({ retry }) => retry);
}

/** The upstream answers with values; if it fails all the same, whether the request left is anybody's guess. */
function asLost(error: unknown): Unanswered {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const metadata = { httpStatus: null, awsRequestId: null, attempts: 0 };
  return { kind: 'UNANSWERED', metadata, errorCode: name, errorMessage: message, neverSent: false };
}
