import { describe, expect, it } from 'vitest';
import { createDoorbell } from '../../src/lanes/doorbell.js';

describe('a doorbell', () => {
  it('wakes a sleeper', async () => {
    const bell = createDoorbell();
    const sleep = bell.sleep(null);
    bell.ring();
    expect(await sleep).toBe(true);
  });

  it('keeps a ring that nobody slept through, once', async () => {
    const bell = createDoorbell();
    bell.ring();
    bell.ring();
    expect(await bell.sleep(null)).toBe(true);
    expect(await bell.sleep(1)).toBe(false);
  });
});
