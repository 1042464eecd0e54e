import { describe, expect, it } from 'vitest';
import { createWakeSignal } from '../../src/lanes/wakeSignal.js';

describe('a wake signal', () => {
  it('wakes a sleeper', async () => {
    const signal = createWakeSignal();
    const sleep = signal.sleep(null);
    signal.notify({ newWork: false });
    expect(await sleep).toBe(true);
  });

  it('keeps notifications that find no sleeper, as one', async () => {
    const signal = createWakeSignal();
    signal.notify({ newWork: false });
    signal.notify({ newWork: false });
    expect(await signal.sleep(null)).toBe(true);
    expect(await signal.sleep(1)).toBe(false);
  });

  it('tells new work from other reasons, and reports it once', () => {
    const signal = createWakeSignal();
    expect(signal.consumeNewWork()).toBe(true);
    signal.notify({ newWork: false });
    expect(signal.consumeNewWork()).toBe(false);
    signal.notify({ newWork: true });
    signal.notify({ newWork: false });
    expect([signal.consumeNewWork(), signal.consumeNewWork()]).toEqual([true, false]);
  });
});
