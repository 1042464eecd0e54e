import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDoubts, type Doubt } from '../../src/lanes/inDoubtCalls.js';

const doubt: Doubt = {
  call: {
    callId: 'c',
    operation: 'INVITE_MEMBERS',
    detectorId: null,
    accountIds: ['1'],
    startedAt: new Date(),
    acknowledged: false,
  },
  lost: null,
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('doubtful calls', () => {
  it('are due at once, and each is taken once', () => {
    const doubts = createDoubts();
    expect(doubts.wait()).toBeNull();
    doubts.add(doubt);
    expect(doubts.wait()).toBe(0);
    expect(doubts.takeDue()).toBe(doubt);
    expect(doubts.takeDue()).toBeNull();
  });

  it('come back with a growing pause when the read-back fails, for as long as it does', () => {
    const doubts = createDoubts();
    const pauses = Array.from({ length: 8 }, () => {
      doubts.putBack(doubt, null);
      const pause = doubts.wait() ?? 0;
      expect(doubts.takeDue()).toBeNull();
      vi.advanceTimersByTime(pause);
      expect(doubts.takeDue()).toBe(doubt);
      return pause;
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });
});
