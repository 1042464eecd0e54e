import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitFunction } from 'p-limit';
import type { ClaimedCall, Tenure } from '../ports/laneRecord.js';
import type { Unanswered } from '../ports/upstream.js';
import type { InDoubtCall } from './inDoubtCalls.js';
import type { Arrival } from './interpretArrival.js';
import type { LaneAction } from './laneDecider.js';
import type { LaneDependencies } from './laneDependencies.js';
import type { LaneEvent } from './laneEvents.js';
import type { DetectorForClaim } from './tenureState.js';
import { recordArrivals } from './recordArrivals.js';

/** A call that has waited longer than this since its claim does not leave, in milliseconds. Ours. */
const WAIT_LIMIT_MS = 2_000;

/** The metadata of a call without a response. */
const NO_RESPONSE = { httpStatus: null, awsRequestId: null, attempts: 0 } as const;

/** The end of a call that did not leave. */
const NOT_LEFT: Unanswered = {
  kind: 'UNANSWERED',
  metadata: NO_RESPONSE,
  errorCode: 'NotLeft',
  errorMessage: 'The call was recorded and did not leave in time.',
  neverSent: true,
};

/** Everything an action needs: the tenure, the lane's dependencies, and a taker of its events. */
export interface ActionContext {
  readonly tenure: Tenure;
  readonly deps: LaneDependencies;
  readonly report: (event: LaneEvent) => void;
  /** Starts a request to AWS when fewer than `callsInFlight` are under way. */
  readonly whenRoom: LimitFunction;
  /** Whether calls may leave: the lane is this worker's, and no other replica can have taken it over unnoticed. */
  readonly mayLeave: () => boolean;
  /** Calls that have no answer yet, with those that wait for room. */
  readonly sends: Set<Promise<void>>;
}

/**
 * How an action ends: `DONE`, or the tenure with it. `EMPTY`: nothing waits. `WORK_WAITS`: the lane needs another worker.
 * `LOST`: another worker has the lane already.
 */
export type ActionEnd = 'DONE' | TenureEnd;
export type TenureEnd = 'EMPTY' | 'WORK_WAITS' | 'LOST';

/**
 * Carries out one action of `decide` and reports its events. Requests to AWS go on after it and report ARRIVED.
 *
 * @throws what the database throws.
 */
export async function perform(context: ActionContext, action: LaneAction): Promise<ActionEnd> {
  const { tenure, deps, report } = context;
  switch (action.kind) {
    case 'RECORD_ARRIVALS':
      return settle(context, action.arrivals);
    case 'ADOPT_OPEN_CALLS':
      return adoptOpenCalls(context, action.knownCallIds);
    case 'READ_BACK':
      return readBack(context, action.inDoubt);
    case 'FIND_DETECTOR':
      report({ kind: 'DETECTOR_FOUND', detector: await findDetector(context) });
      return 'DONE';
    case 'COUNT_PENDING':
      report({ kind: 'PENDING_COUNTED', work: await deps.record.pendingWork(tenure) });
      return 'DONE';
    case 'CLAIM':
      return claim(context, action);
    case 'SLEEP':
      await deps.wakeSignal.sleep(action.limitMs);
      return 'DONE';
    case 'RELEASE':
      return release(context);
    case 'HAND_OVER':
      return (await deps.record.release(tenure)) === 'WORK_WAITS' ? 'WORK_WAITS' : 'EMPTY';
  }
}

async function settle(
  { tenure, deps, report }: ActionContext,
  arrivals: readonly Arrival[],
): Promise<ActionEnd> {
  const recorded = await recordArrivals(tenure, deps, arrivals);
  if (recorded === 'LOST') {
    return 'LOST';
  }
  report({ kind: 'ARRIVALS_RECORDED', recorded });
  return 'DONE';
}

async function adoptOpenCalls(
  { tenure, deps: { record }, report }: ActionContext,
  knownCallIds: readonly string[],
): Promise<ActionEnd> {
  const calls = await record.adoptOpenCalls(tenure, knownCallIds);
  const { secondsToFullBurst } = await record.pendingWork(tenure);
  report({ kind: 'OPEN_CALLS_ADOPTED', calls, secondsToFullBurst });
  return 'DONE';
}

async function readBack(context: ActionContext, inDoubt: InDoubtCall): Promise<ActionEnd> {
  const { tenure, report, whenRoom } = context;
  const { record, rate, upstream } = context.deps;
  if (!(await record.spendQuota(tenure, rate))) {
    return 'LOST';
  }
  report({ kind: 'READ_BACK_SENT', inDoubt });
  const { callId, detectorId, accountIds } = inDoubt.call;
  const sentAt = performance.now();
  void whenRoom(() => upstream.getMembers(tenure.lane, detectorId, accountIds, { readBackOf: callId }))
    .catch(toLost)
    .then((read) => {
      arrive(context, { kind: 'READ_BACK', inDoubt, read, sentAt });
    });
  return 'DONE';
}

async function findDetector({ tenure, deps, report }: ActionContext): Promise<DetectorForClaim> {
  const { record, rate, detector, log } = deps;
  if (detector === null || (!detector.isKnown() && (await record.pendingWork(tenure)).dueInMs === null)) {
    return { detectorId: null, waitMs: null };
  }
  const found = await detector.find(async () => {
    const isHeld = await record.spendQuota(tenure, rate);
    if (isHeld) {
      report({ kind: 'LOOKUP_SENT' });
    }
    return isHeld;
  });
  switch (found.kind) {
    case 'KNOWN':
      return { detectorId: found.detectorId, waitMs: null };
    case 'LATER':
      return { detectorId: null, waitMs: found.waitMs };
    case 'NONE':
      log.warn(
        { lane: tenure.lane, reason: found.verdict.reason },
        'no detector: the accounts that need one fail',
      );
      await record.failPending(tenure, found.verdict);
      return { detectorId: null, waitMs: null };
  }
}

async function claim(
  context: ActionContext,
  { kind: _kind, ...limits }: Extract<LaneAction, { kind: 'CLAIM' }>,
): Promise<ActionEnd> {
  const { tenure, report, mayLeave } = context;
  const { record, rate } = context.deps;
  if (!mayLeave()) {
    throw new Error('this process gives no sign of life to the database: another replica may have its lanes');
  }
  const calls = await record.claim(tenure, { rate, ...limits });
  report({ kind: 'CALLS_CLAIMED', calls });
  for (const call of calls) {
    send(context, call);
  }
  return 'DONE';
}

function send(context: ActionContext, call: ClaimedCall): void {
  const { sends, whenRoom } = context;
  const claimedAt = performance.now();
  const sending = whenRoom(async () => {
    // Before the next call leaves: the answer may ask for no other request.
    arrive(context, await leave(context, call, claimedAt));
    sends.delete(sending);
  });
  sends.add(sending);
}

/**
 * Sends a call and waits for its answer. While the service has asked for no request, the call waits. It does not leave if it has
 * waited too long, or if another replica may have it: this process may have been frozen since the claim was committed.
 */
async function leave(
  { tenure, deps, mayLeave }: ActionContext,
  call: ClaimedCall,
  claimedAt: number,
): Promise<Arrival> {
  const latest = claimedAt + WAIT_LIMIT_MS;
  await untilAllowed(deps, latest);
  const sentAt = performance.now();
  const answer =
    mayLeave() && sentAt < latest
      ? await deps.upstream.changeMembers(tenure.lane, call).catch(toLost)
      : NOT_LEFT;
  return { kind: 'ANSWER', call, answer, sentAt };
}

/** Waits while the service has asked for no request, at most until `latest`. */
async function untilAllowed(deps: LaneDependencies, latest: number): Promise<void> {
  const waitMs = Math.min(deps.pace.current.heldUntil, latest) - performance.now();
  if (waitMs > 0) {
    await sleep(waitMs);
    await untilAllowed(deps, latest);
  }
}

async function release({ tenure, deps, report }: ActionContext): Promise<ActionEnd> {
  if ((await deps.record.release(tenure)) !== 'WORK_WAITS') {
    return 'EMPTY';
  }
  report({ kind: 'RELEASE_REFUSED' });
  return 'DONE';
}

function arrive({ report, deps }: ActionContext, arrival: Arrival): void {
  report({ kind: 'ARRIVED', arrival });
  deps.wakeSignal.notify({ newWork: false });
}

/** Upstream answers with values. Should it throw all the same, the request may have left or not. */
function toLost(error: unknown): Unanswered {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return {
    kind: 'UNANSWERED',
    metadata: NO_RESPONSE,
    errorCode: name,
    errorMessage: message,
    neverSent: false,
  };
}
