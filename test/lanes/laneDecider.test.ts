import { describe, expect, it } from 'vitest';
import { newInDoubt } from '../../src/lanes/inDoubtCalls.js';
import type { Interpretation } from '../../src/lanes/interpretArrival.js';
import { decide, type LaneAction } from '../../src/lanes/laneDecider.js';
import { evolve, type LaneEvent } from '../../src/lanes/laneEvents.js';
import { newTenure, type ClaimAttempt, type TenureState } from '../../src/lanes/tenureState.js';
import { fullPace, slowDown, spend } from '../../src/lanes/pace.js';
import {
  ANSWERED,
  CALLS_IN_FLIGHT,
  claimedCall,
  heldLane,
  LOST,
  RATE,
  THROTTLED,
  unsettledCall,
} from './laneFixture.js';

const HOUR_MS = 3_600_000;
const ARRIVAL = { kind: 'ANSWER', call: claimedCall('c'), answer: ANSWERED, sentAt: 0 } as const;
const SETTLES: Extract<Interpretation, { kind: 'SETTLES' }> = {
  kind: 'SETTLES',
  settlement: {
    callId: 'c',
    status: 'ANSWERED',
    metadata: null,
    errorCode: null,
    errorMessage: null,
    unprocessed: [],
    defaultVerdict: {
      status: 'PROCESSED',
      reasonCode: null,
      reason: null,
      retry: false,
      processedIfInDoubt: false,
    },
    exceptions: new Map(),
  },
  unrequested: [],
  unknownDetector: null,
  throttled: false,
};
const WAITING = { outcomes: 10, dueInMs: 0, secondsToFullBurst: 0 };

/** A claim that is being prepared, its detector found. */
const attempt = (changes: Partial<ClaimAttempt> = {}): ClaimAttempt => ({
  detector: { detectorId: 'd', waitMs: null },
  isOver: false,
  partialWaitMs: 0,
  counted: null,
  ...changes,
});

const actionOf = (state: TenureState, now = 0): LaneAction => decide(state, now).action;

/** The action after these events, each of them the result of the decision before it. */
function actionAfter(state: TenureState, events: readonly LaneEvent[], now = 0): LaneAction {
  const end = events.reduce((before, event) => evolve(decide(before, now).state, event, now), state);
  return actionOf(end, now);
}

describe('a lane that was just acquired', () => {
  const fresh = newTenure(fullPace(RATE), CALLS_IN_FLIGHT, 0);

  it('adopts the open calls of earlier holders, and reads them back before it sends anything', () => {
    expect(actionOf(fresh)).toEqual({ kind: 'ADOPT_OPEN_CALLS', knownCallIds: [] });
    const adopted: LaneEvent = {
      kind: 'OPEN_CALLS_ADOPTED',
      calls: [unsettledCall('old')],
      secondsToFullBurst: 0,
    };
    expect(actionAfter(fresh, [{ kind: 'NEW_WORK' }, adopted])).toMatchObject({
      kind: 'READ_BACK',
      inDoubt: { call: { callId: 'old' }, lostAnswer: null },
    });
  });

  it('starts at the pace that the record says', () => {
    const adopted: LaneEvent = { kind: 'OPEN_CALLS_ADOPTED', calls: [], secondsToFullBurst: 0.7 };
    expect(actionAfter(fresh, [adopted])).toEqual({ kind: 'SLEEP', limitMs: 300 });
  });

  it('is released at once when stopping, even before its open calls are known', () => {
    expect(actionOf({ ...fresh, stopping: true })).toEqual({ kind: 'HAND_OVER' });
  });
});

describe('answers', () => {
  it('are recorded before anything else, all together', () => {
    const arrivals = [ARRIVAL, { ...ARRIVAL, call: claimedCall('e') }];
    for (const state of [
      heldLane({ arrivals }),
      heldLane({ arrivals, stopping: true, openCallsKnown: false }),
    ]) {
      expect(actionOf(state)).toEqual({ kind: 'RECORD_ARRIVALS', arrivals });
    }
  });

  it('wait until the attempt to claim a call is over', () => {
    expect(actionOf(heldLane({ arrivals: [ARRIVAL], attempt: attempt() }))).toMatchObject({ kind: 'CLAIM' });
  });

  it('that come while others are recorded are recorded next', () => {
    const second = { ...ARRIVAL, call: claimedCall('e') };
    const state = heldLane({ inFlight: [ARRIVAL.call, second.call], arrivals: [ARRIVAL], pending: 0 });
    const recorded = [{ arrival: ARRIVAL, interpretation: SETTLES }];
    expect(
      actionAfter(state, [
        { kind: 'ARRIVED', arrival: second },
        { kind: 'ARRIVALS_RECORDED', recorded },
      ]),
    ).toEqual({ kind: 'RECORD_ARRIVALS', arrivals: [second] });
  });

  it('are recorded once the database is back, when it failed', () => {
    const state = heldLane({ inFlight: [ARRIVAL.call], arrivals: [ARRIVAL] });
    expect(actionAfter(state, [{ kind: 'DATABASE_FAILED' }])).toMatchObject({ kind: 'RECORD_ARRIVALS' });
  });

  it('have the lane counted again only when accounts may go back to wait', () => {
    const state = heldLane({ inFlight: [ARRIVAL.call], arrivals: [ARRIVAL], pending: 0 });
    const record = (interpretation: Interpretation): LaneEvent => ({
      kind: 'ARRIVALS_RECORDED',
      recorded: [{ arrival: ARRIVAL, interpretation }],
    });
    expect(actionAfter(state, [record(SETTLES)])).toMatchObject({ kind: 'SLEEP' });
    const { settlement } = SETTLES;
    const retried = { ...(settlement.defaultVerdict ?? expect.unreachable()), retry: true };
    for (const some of [
      { ...settlement, defaultVerdict: retried },
      { ...settlement, exceptions: new Map([['1', retried]]) },
    ]) {
      expect(actionAfter(state, [record({ ...SETTLES, settlement: some })])).toEqual({
        kind: 'FIND_DETECTOR',
      });
    }
  });

  it('slow the pace down when throttled', () => {
    const state = heldLane({ inFlight: [ARRIVAL.call], arrivals: [ARRIVAL] });
    const recorded = [{ arrival: ARRIVAL, interpretation: { ...SETTLES, throttled: true } }];
    expect(evolve(state, { kind: 'ARRIVALS_RECORDED', recorded }, 7).pace).toEqual(slowDown(state.pace, 7));
  });
});

describe('a service that asks for a pause', () => {
  const asking = { ...ARRIVAL, answer: { ...THROTTLED, retryAfterMs: 700 } };
  const recorded = [{ arrival: asking, interpretation: { ...SETTLES, throttled: true } }];

  it('gets no request before the pause is over, neither a call nor a read-back', () => {
    const state = heldLane({ inFlight: [ARRIVAL.call], inDoubt: [newInDoubt(unsettledCall('d'), LOST, 0)] });
    const events: LaneEvent[] = [
      { kind: 'ARRIVED', arrival: asking },
      { kind: 'ARRIVALS_RECORDED', recorded },
    ];
    const end = events.reduce((before, event) => evolve(before, event, 0), state);
    expect(actionOf(end, 0)).toEqual({ kind: 'SLEEP', limitMs: 700 });
    expect(actionOf(end, 699)).toEqual({ kind: 'SLEEP', limitMs: 1 });
    expect(actionOf(end, 700)).toMatchObject({ kind: 'READ_BACK' });
    // A second answer of the same moment does not shorten the pause.
    const shorter = { ...asking, answer: { ...LOST, retryAfterMs: 100 } };
    expect(evolve(end, { kind: 'ARRIVED', arrival: shorter }, 0).pace.heldUntil).toBe(700);
  });

  it('gets no call that was being prepared when it asked', () => {
    const state = heldLane({ inFlight: [ARRIVAL.call], attempt: attempt(), pending: 60 });
    expect(actionOf(state)).toMatchObject({ kind: 'CLAIM' });
    const asked = evolve(state, { kind: 'ARRIVED', arrival: asking }, 0);
    expect(decide(asked, 0)).toMatchObject({ state: { attempt: null }, action: { kind: 'RECORD_ARRIVALS' } });
  });
});

describe('a call in doubt', () => {
  const inDoubt = newInDoubt(unsettledCall('c'), LOST, 0);

  it('is read back when that is due, before a new call leaves', () => {
    expect(actionOf(heldLane({ inDoubt: [inDoubt], newWork: true }))).toEqual({ kind: 'READ_BACK', inDoubt });
    expect(actionOf(heldLane({ inDoubt: [{ ...inDoubt, dueAt: 40 }], pending: 0 }))).toEqual({
      kind: 'SLEEP',
      limitMs: 40,
    });
  });

  it('counts as a request until the read-back is recorded', () => {
    const sent = evolve(
      heldLane({ inDoubt: [inDoubt], callsInFlight: 1 }),
      { kind: 'READ_BACK_SENT', inDoubt },
      0,
    );
    expect(sent).toMatchObject({ inDoubt: [], readingBack: [inDoubt] });
    expect(actionOf({ ...sent, newWork: true })).toEqual({ kind: 'SLEEP', limitMs: null });
    const arrival = { kind: 'READ_BACK', inDoubt, read: LOST, sentAt: 0 } as const;
    const recorded = [
      { arrival, interpretation: { kind: 'READ_BACK_FAILED', inDoubt, error: 'x' } as const },
    ];
    expect(evolve(sent, { kind: 'ARRIVALS_RECORDED', recorded }, 5)).toMatchObject({
      readingBack: [],
      inDoubt: [{ call: inDoubt.call, lostAnswer: LOST, dueAt: 1_005, failedReads: 1 }],
    });
  });

  it('stays in doubt when the database failed before its read-back left', () => {
    expect(actionAfter(heldLane({ inDoubt: [inDoubt] }), [{ kind: 'DATABASE_FAILED' }])).toEqual({
      kind: 'READ_BACK',
      inDoubt,
    });
  });

  it('is due again when the call cannot take effect any more, if it was read too early', () => {
    const arrival = { kind: 'READ_BACK', inDoubt, read: LOST, sentAt: 0 } as const;
    const recorded = [{ arrival, interpretation: { kind: 'TOO_EARLY', inDoubt, waitMs: 90 } as const }];
    const state = heldLane({ readingBack: [inDoubt], arrivals: [arrival] });
    expect(evolve(state, { kind: 'ARRIVALS_RECORDED', recorded }, 10).inDoubt).toEqual([
      { ...inDoubt, dueAt: 100 },
    ]);
  });

  it('comes from a lost answer and from one that says nothing of accounts', () => {
    const call = unsettledCall('c');
    for (const [interpretation, lostAnswer] of [
      [{ kind: 'LOST', call, answer: LOST }, LOST],
      [{ kind: 'ACKNOWLEDGED', call, metadata: ANSWERED.metadata }, null],
    ] as const) {
      const state = heldLane({ inFlight: [ARRIVAL.call], arrivals: [ARRIVAL] });
      const recorded = [{ arrival: ARRIVAL, interpretation }];
      expect(evolve(state, { kind: 'ARRIVALS_RECORDED', recorded }, 3)).toMatchObject({
        inFlight: [],
        inDoubt: [{ call, lostAnswer, dueAt: 3, failedReads: 0 }],
      });
    }
  });
});

describe('a claim', () => {
  it('waits for the pace', () => {
    const spent = Array.from({ length: RATE.burst }).reduce<TenureState['pace']>(
      (pace) => spend(pace, { partial: false }, 0),
      fullPace(RATE),
    );
    expect(actionOf(heldLane({ pace: spent }))).toEqual({ kind: 'SLEEP', limitMs: 100 });
    expect(actionOf(heldLane({ pace: spent }), 100)).toEqual({ kind: 'FIND_DETECTOR' });
  });

  it('waits while as many requests are in flight as may be, read-backs among them', () => {
    const inFlight = [claimedCall('c'), claimedCall('e')];
    const readingBack = [newInDoubt(unsettledCall('f'), null, 0)];
    expect(actionOf(heldLane({ inFlight, readingBack }))).toEqual({ kind: 'SLEEP', limitMs: null });
    expect(actionOf(heldLane({ inFlight }))).toEqual({ kind: 'FIND_DETECTOR' });
  });

  it('may carry a partial call when no other call is in flight, without a count', () => {
    expect(actionOf(heldLane({ attempt: attempt() }))).toEqual({
      kind: 'CLAIM',
      mostCalls: 3,
      detectorId: 'd',
      busyBatchKeys: [],
      fullOnly: false,
    });
  });

  it('takes as many calls as may leave now, at most five', () => {
    const spent = [1, 2, 3].reduce((before) => spend(before, { partial: false }, 0), fullPace(RATE));
    expect(actionOf(heldLane({ pace: spent, attempt: attempt() }))).toMatchObject({ mostCalls: 2 });
    const lane = heldLane({
      callsInFlight: 10,
      inFlight: [claimedCall('c')],
      pending: 500,
      attempt: attempt(),
    });
    expect(actionOf(lane)).toMatchObject({ mostCalls: 5 });
    expect(actionOf({ ...lane, pace: fullPace({ perSecond: 10, burst: 20 }) })).toMatchObject({
      mostCalls: 5,
    });
    expect(actionOf({ ...lane, callsInFlight: 4 })).toMatchObject({ mostCalls: 3 });
  });

  it('is worth its statement beside calls in flight only when a full call may have come together', () => {
    const inFlight = [claimedCall('c', 50, { batchKey: 'K' }), claimedCall('e', 50, { batchKey: 'K' })];
    const lane = heldLane({ inFlight, attempt: attempt() });
    expect(actionOf(lane)).toEqual({ kind: 'COUNT_PENDING' });
    expect(actionOf({ ...lane, pending: 50 })).toEqual({
      kind: 'CLAIM',
      mostCalls: 1,
      detectorId: 'd',
      busyBatchKeys: ['K'],
      fullOnly: false,
    });
    const counted = (outcomes: number): LaneEvent => ({
      kind: 'PENDING_COUNTED',
      work: { ...WAITING, outcomes },
    });
    expect(actionAfter(lane, [counted(50)])).toMatchObject({ kind: 'CLAIM' });
    expect(actionAfter(lane, [counted(49)])).toEqual({ kind: 'SLEEP', limitMs: 200 });
  });

  it('asks for full calls only while partial ones are not due', () => {
    const pace = [1, 2].reduce((before) => spend(before, { partial: true }, 0), fullPace(RATE));
    const lane = heldLane({ pace, pending: 60, attempt: attempt() });
    expect(actionOf(lane)).toMatchObject({ kind: 'CLAIM', fullOnly: true });
    // Work that waits for nothing but the pace of partial calls is tried again when that is over.
    const events: LaneEvent[] = [
      { kind: 'CALLS_CLAIMED', calls: [] },
      { kind: 'PENDING_COUNTED', work: WAITING },
    ];
    expect(actionAfter(lane, events)).toEqual({ kind: 'SLEEP', limitMs: 400 });
  });

  it('that found nothing is followed by a count, a pause of 20 ms and no other claim meanwhile', () => {
    const lane = heldLane({ attempt: attempt() });
    expect(actionAfter(lane, [{ kind: 'CALLS_CLAIMED', calls: [] }])).toEqual({ kind: 'COUNT_PENDING' });
    const counted = evolve(
      decide(evolve(decide(lane, 0).state, { kind: 'CALLS_CLAIMED', calls: [] }, 0), 0).state,
      { kind: 'PENDING_COUNTED', work: WAITING },
      0,
    );
    const { state, action } = decide(counted, 0);
    expect(action).toEqual({ kind: 'SLEEP', limitMs: 200 });
    expect(actionOf({ ...state, newWork: true }, 5)).toEqual({ kind: 'SLEEP', limitMs: 15 });
    expect(actionOf({ ...state, newWork: true }, 20)).toEqual({ kind: 'FIND_DETECTOR' });
  });

  it('sleeps until accounts with a delay are due, or the detector may be looked up again', () => {
    const work = { outcomes: 3, dueInMs: 80.5, secondsToFullBurst: 0 };
    const over = attempt({ isOver: true, counted: work });
    expect(actionOf(heldLane({ attempt: over }))).toEqual({ kind: 'SLEEP', limitMs: 81 });
    const detector = { detectorId: null, waitMs: 30 };
    expect(actionOf(heldLane({ attempt: { ...over, detector } }))).toEqual({ kind: 'SLEEP', limitMs: 30 });
  });

  it('has the open calls adopted first when an earlier claim had no answer: it may have been committed', () => {
    const lane = heldLane({
      inFlight: [claimedCall('c')],
      inDoubt: [newInDoubt(unsettledCall('e'), null, 500)],
      readingBack: [newInDoubt(unsettledCall('f'), null, 0)],
      callsInFlight: 9,
      pending: 60,
      attempt: attempt(),
    });
    expect(actionOf(lane)).toMatchObject({ kind: 'CLAIM' });
    const failed = evolve(decide(lane, 0).state, { kind: 'DATABASE_FAILED' }, 0);
    expect(actionOf(failed)).toEqual({ kind: 'ADOPT_OPEN_CALLS', knownCallIds: ['c', 'e', 'f'] });
    const adopted: LaneEvent = {
      kind: 'OPEN_CALLS_ADOPTED',
      calls: [unsettledCall('g')],
      secondsToFullBurst: 0,
    };
    expect(actionAfter(failed, [adopted])).toMatchObject({
      kind: 'READ_BACK',
      inDoubt: { call: { callId: 'g' } },
    });
  });

  it('does not have open calls adopted when the database failed in any other statement', () => {
    const lane = heldLane({ attempt: attempt({ isOver: true }) });
    expect(actionAfter(lane, [{ kind: 'DATABASE_FAILED' }])).toEqual({ kind: 'FIND_DETECTOR' });
  });

  it('keeps new work in mind that came while it was under way', () => {
    const call = claimedCall('c', 50, { pendingInLane: 0 });
    const lane = heldLane({ attempt: attempt() });
    const after = (events: readonly LaneEvent[]) => actionAfter(lane, events);
    expect(after([{ kind: 'CALLS_CLAIMED', calls: [call] }])).toEqual({ kind: 'SLEEP', limitMs: null });
    const claimed = evolve(decide(lane, 0).state, { kind: 'NEW_WORK' }, 0);
    expect(actionOf(evolve(claimed, { kind: 'CALLS_CLAIMED', calls: [call] }, 0))).toEqual({
      kind: 'FIND_DETECTOR',
    });
  });
});

describe('an empty lane', () => {
  it('is kept for a minute, then released', () => {
    const empty = heldLane({ pending: 0 });
    const { state, action } = decide(empty, 1_000);
    expect(action).toEqual({ kind: 'SLEEP', limitMs: 60_000 });
    expect(actionOf(state, 31_000)).toEqual({ kind: 'SLEEP', limitMs: 30_000 });
    expect(actionOf(state, 61_000)).toEqual({ kind: 'RELEASE' });
  });

  it('is kept for another minute after work came', () => {
    const { state } = decide(heldLane({ pending: 0 }), 0);
    const call = claimedCall('c', 1);
    const busy = evolve({ ...state, attempt: attempt() }, { kind: 'CALLS_CLAIMED', calls: [call] }, 50_000);
    const idle = { ...busy, inFlight: [] };
    expect(actionOf(idle, 61_000)).toEqual({ kind: 'SLEEP', limitMs: 60_000 });
  });

  it('is counted again when the record refuses to release it', () => {
    const { state } = decide(heldLane({ pending: 0, emptySince: 0 }), 61_000);
    const refused = evolve(state, { kind: 'RELEASE_REFUSED' }, 61_000);
    expect(actionOf(refused, 61_000)).toEqual({ kind: 'FIND_DETECTOR' });
  });
});

describe('a lane that is to be left', () => {
  it.each([
    ['because the process stops', heldLane({ stopping: true, newWork: true }), 0],
    ['because the tenure is an hour old', heldLane({ newWork: true }), HOUR_MS + 1],
  ])('%s, is handed over when nothing is in flight, and sends nothing until then', (_why, state, now) => {
    expect(actionOf({ ...state, inFlight: [claimedCall('c')] }, now)).toEqual({
      kind: 'SLEEP',
      limitMs: null,
    });
    const readingBack = [newInDoubt(unsettledCall('f'), null, 0)];
    expect(actionOf({ ...state, readingBack }, now)).toEqual({ kind: 'SLEEP', limitMs: null });
    const inDoubt = [newInDoubt(unsettledCall('f'), null, 0)];
    expect(actionOf({ ...state, inDoubt }, now)).toEqual({ kind: 'HAND_OVER' });
  });
});
