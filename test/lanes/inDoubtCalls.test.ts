import { describe, expect, it } from 'vitest';
import {
  afterFailedRead,
  firstDue,
  newInDoubt,
  waitForDue,
  type InDoubtCall,
} from '../../src/lanes/inDoubtCalls.js';

const call: InDoubtCall['call'] = {
  callId: 'c',
  operation: 'INVITE_MEMBERS',
  detectorId: null,
  accountIds: ['1'],
  startedAt: new Date(),
  ageMs: 0,
  acknowledged: false,
};

describe('calls in doubt', () => {
  it('are due at once, the first one first', () => {
    const first = newInDoubt(call, null, 10);
    const second = newInDoubt({ ...call, callId: 'd' }, null, 10);
    expect(waitForDue([], 10)).toBeNull();
    expect(firstDue([], 10)).toBeNull();
    expect(waitForDue([first, second], 10)).toBe(0);
    expect(firstDue([first, second], 10)).toBe(first);
    expect(firstDue([{ ...first, dueAt: 20 }, second], 10)).toBe(second);
    expect(waitForDue([{ ...first, dueAt: 20 }], 10)).toBe(10);
  });

  it('are due again after a pause that grows with each failed read-back, for as long as it fails', () => {
    let inDoubt = newInDoubt(call, null, 0);
    let now = 0;
    const pauses = Array.from({ length: 8 }, () => {
      inDoubt = afterFailedRead(inDoubt, now);
      const pause = waitForDue([inDoubt], now) ?? 0;
      expect(firstDue([inDoubt], now + pause - 1)).toBeNull();
      now += pause;
      expect(firstDue([inDoubt], now)).toBe(inDoubt);
      return pause;
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });
});
