import { expect, it } from 'vitest';
import { leavingRate } from '../../src/lanes/leavingRate.js';

it.each([
  [
    { perSecond: 10, burst: 30 },
    { perSecond: 10, burst: 29 },
  ],
  [
    { perSecond: 5, burst: 10 },
    { perSecond: 5, burst: 9.5 },
  ],
  [
    { perSecond: 10, burst: 1 },
    { perSecond: 10, burst: 1 },
  ],
])(
  'keeps a tenth of a second of the burst of %o back, and lets one request leave in any case',
  (rate, leaving) => {
    expect(leavingRate(rate)).toEqual(leaving);
  },
);
