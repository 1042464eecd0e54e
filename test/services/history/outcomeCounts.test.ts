import { describe, expect, it } from 'vitest';
import type { TargetRow } from '../../../src/ports/history.js';
import { countMatching, sumCounts } from '../../../src/services/history/outcomeCounts.js';
import { NONE, uuid } from './memoryHistory.js';

const request = { administrator: 'security', requestId: uuid(1), detectorId: null, isErased: false };
const TARGETS: TargetRow[] = [
  {
    ...request,
    service: 'GUARDDUTY',
    region: 'eu-west-1',
    counts: { total: 10, pending: 1, inFlight: 2, processed: 3, unprocessed: 4, failed: 0, canceled: 0 },
  },
  {
    ...request,
    service: 'SECURITY_HUB',
    region: 'eu-west-1',
    counts: { ...NONE, total: 10, failed: 9, canceled: 1 },
  },
  {
    ...request,
    service: 'SECURITY_HUB',
    region: 'us-east-1',
    counts: { ...NONE, total: 10, processed: 10 },
  },
];

describe('the counts of a request', () => {
  it('are the sums over its targets', () => {
    expect(sumCounts(TARGETS)).toEqual({
      total: 30,
      pending: 1,
      inFlight: 2,
      processed: 13,
      unprocessed: 4,
      failed: 9,
      canceled: 1,
    });
    expect(sumCounts([])).toEqual(NONE);
  });

  it('stay when outcomes are erased, which no list counts then', () => {
    const targets = TARGETS.map((target, place) => ({ ...target, isErased: place === 0 }));
    expect(sumCounts(targets)).toEqual(sumCounts(TARGETS));
    expect(countMatching(targets, {})).toBe(20);
  });

  it.each([
    [{}, 30],
    [{ statuses: null, service: null, region: null }, 30],
    [{ statuses: ['PROCESSED'] }, 13],
    [{ statuses: ['PROCESSED', 'PROCESSED', 'UNPROCESSED'] }, 17],
    [{ statuses: [] }, 0],
    [{ service: 'SECURITY_HUB' }, 20],
    [{ region: 'eu-west-1', statuses: ['PENDING', 'IN_FLIGHT', 'CANCELED', 'FAILED'] }, 13],
    [{ service: 'SECURITY_HUB', region: 'us-east-1', statuses: ['FAILED'] }, 0],
    [{ region: 'mars-north-1' }, 0],
  ] as const)('tell how many outcomes meet %j', (filter, count) => {
    expect(countMatching(TARGETS, filter)).toBe(count);
  });
});
