import { describe, expect, it } from 'vitest';
import { newInDoubt } from '../../src/lanes/inDoubtCalls.js';
import { decide, type LaneAction } from '../../src/lanes/laneDecider.js';
import { evolve } from '../../src/lanes/laneEvents.js';
import { fullPace, spend } from '../../src/lanes/pace.js';
import type { TenureState } from '../../src/lanes/tenureState.js';
import type { CallAnswer } from '../../src/ports/upstream.js';
import { ANSWERED, claimedCall, heldLane, LOST, RATE, THROTTLED, unsettledCall } from './laneFixture.js';

const READY = { detector: { detectorId: 'd', waitMs: null }, isOver: false, partialWaitMs: 0, counted: null };

/** As many calls in flight as may be, and room for two that are claimed ahead. */
const fullLane = (changes: Partial<TenureState> = {}): TenureState =>
  heldLane({
    inFlight: ['c', 'e', 'f'].map((callId) => claimedCall(callId)),
    answersPromptly: true,
    pending: 500,
    ...changes,
  });
const actionOf = (state: TenureState): LaneAction => decide(state, 0).action;

describe('a lane with as many calls in flight as may be', () => {
  it('claims full calls ahead, half as many as may be in flight', () => {
    expect(actionOf(fullLane())).toEqual({ kind: 'FIND_DETECTOR' });
    const claim = { kind: 'CLAIM', fullOnly: true };
    expect(actionOf(fullLane({ attempt: READY }))).toMatchObject({ ...claim, mostCalls: 2 });
    const oneAhead = ['c', 'e', 'f', 'g'].map((callId) => claimedCall(callId));
    expect(actionOf(fullLane({ attempt: READY, inFlight: oneAhead }))).toMatchObject({
      ...claim,
      mostCalls: 1,
    });
  });

  it.each<[string, Partial<TenureState>]>([
    ['the service has not answered promptly', { answersPromptly: false }],
    ['no full call waits', { pending: 49 }],
    ['it is not known whether a full call waits', { pending: null }],
    ['some of the burst is spent', { pace: spend(fullPace(RATE), { partial: false }, 0) }],
    ['a read-back is due, which needs room first', { inDoubt: [newInDoubt(unsettledCall('g'), null, 0)] }],
    ['two are claimed ahead', { inFlight: ['c', 'e', 'f', 'g', 'h'].map((callId) => claimedCall(callId)) }],
  ])('claims nothing ahead while %s', (_why, changes) => {
    expect(actionOf(fullLane(changes))).toEqual({ kind: 'SLEEP', limitMs: null });
  });

  it.each<[boolean, string, CallAnswer, number]>([
    [true, 'an answer within a second', ANSWERED, 999],
    [true, 'a refusal within a second', THROTTLED, 999],
    [false, 'an answer after a second', ANSWERED, 1_000],
    [false, 'no answer', LOST, 1],
    [false, 'a call that did not leave', { ...LOST, neverSent: true }, 1],
  ])('is answered promptly: %s, after %s', (isPrompt, _what, answer, now) => {
    for (const answersPromptly of [true, false]) {
      const arrival = { kind: 'ANSWER', call: claimedCall('c'), answer, sentAt: 0 } as const;
      const state = evolve(fullLane({ answersPromptly }), { kind: 'ARRIVED', arrival }, now);
      expect(state.answersPromptly).toBe(isPrompt);
    }
  });
});
