import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALLS_AHEAD, RATE } from './laneFixture.js';
import { runLane, type Chance, type RunReport, type Treatment, type Trouble } from './laneSimulation.js';

/** Steps with a chance of trouble; the rest of a run goes well, so that it ends. */
const TROUBLED_STEPS = 150;

const NO_TROUBLE = fc.constant<Trouble>('NONE');
const ALL_GOES_WELL = fc.constant<Treatment>('PROCESSED');

const anyTrouble = fc.oneof(
  { weight: 12, arbitrary: NO_TROUBLE },
  { weight: 2, arbitrary: fc.constantFrom<Trouble>('FAILS', 'COMMITTED_UNSEEN', 'LANE_LOST') },
);
const anyTreatment = fc.oneof(
  { weight: 3, arbitrary: ALL_GOES_WELL },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Treatment>(
      'RETRYABLE',
      'THROTTLED',
      'LOST',
      'LOST_LANDS_LATE',
      'LOST_UNDONE',
      'SILENT',
    ),
  },
);
const anyAccounts = fc.oneof(
  { weight: 6, arbitrary: fc.constant<[number, number]>([0, 0]) },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 0, max: 70 })) },
  // Together a full call, each kind a partial one.
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 26, max: 49 }), fc.integer({ min: 26, max: 49 })) },
  // A list of many full calls: some are claimed ahead.
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 500, max: 1_000 }), fc.constant(0)) },
);

/** Runs of a lane, whose first steps have what the arbitraries give; then everything goes well. */
function runs(trouble: fc.Arbitrary<Trouble>, treatment: fc.Arbitrary<Treatment>): fc.Arbitrary<Chance> {
  return fc
    .record({
      troubles: fc.array(trouble, { maxLength: TROUBLED_STEPS }),
      treatments: fc.array(treatment, { maxLength: TROUBLED_STEPS }),
      delays: fc.infiniteStream(fc.integer({ min: 1, max: 900 })),
      accounts: fc.array(anyAccounts, { minLength: 1, maxLength: TROUBLED_STEPS }),
    })
    .map(({ troubles, treatments, delays, accounts }) => {
      const next = <T>(list: readonly T[], otherwise: T): (() => T) => {
        let place = 0;
        return () => list[place++] ?? otherwise;
      };
      return {
        trouble: next(troubles, 'NONE'),
        treatment: next(treatments, 'PROCESSED'),
        delayMs: () => Number(delays.next().value),
        newAccounts: next<readonly [number, number]>(accounts, [0, 0]),
      };
    });
}

function expectAllProcessed({ accounts }: RunReport): void {
  const ends = [...accounts].filter(([, { status, doneAt }]) => status !== 'PROCESSED' || doneAt === null);
  expect(ends).toEqual([]);
}

/** In each stretch of time at most the burst, and what the rate gives meanwhile. */
function expectWithinRate(sent: RunReport['sent'], { perSecond, burst }: typeof RATE): void {
  for (const [first, { at: from }] of sent.entries()) {
    for (const [index, { at: to }] of sent.slice(first).entries()) {
      expect(index + 1).toBeLessThanOrEqual(burst + ((to - from) * perSecond) / 1_000 + 1e-6);
    }
  }
}

describe('a lane, with random events in random order', () => {
  it('ends with every account processed once, through failures, lost answers and other holders', () => {
    const seen = { tenures: 0, claimsUnseen: 0 };
    fc.assert(
      fc.property(runs(anyTrouble, anyTreatment), (chance) => {
        const report = runLane(chance);
        expectAllProcessed(report);
        seen.tenures += report.tenures - 1;
        seen.claimsUnseen += report.claimsUnseen;
      }),
      { numRuns: 200 },
    );
    expect(seen.tenures).toBeGreaterThan(0);
    expect(seen.claimsUnseen).toBeGreaterThan(0);
  });

  it('sends within its rate, but for calls that were claimed ahead, and partial calls within a quarter of it', () => {
    fc.assert(
      fc.property(runs(NO_TROUBLE, anyTreatment), (chance) => {
        const { sent } = runLane(chance);
        expectWithinRate(sent, { ...RATE, burst: RATE.burst + CALLS_AHEAD });
        expectWithinRate(
          sent.filter(({ partial }) => partial),
          { perSecond: RATE.perSecond / 4, burst: 2 },
        );
      }),
      { numRuns: 200 },
    );
  });

  it('claims ahead when a long list waits and answers take as long as the burst needs to come back', () => {
    const lists = [[1_000, 0] as const];
    const report = runLane({
      trouble: () => 'NONE',
      treatment: () => 'PROCESSED',
      delayMs: () => 500,
      newAccounts: () => lists.shift() ?? [0, 0],
    });
    expect(report.claimedAhead).toBeGreaterThan(0);
    expectAllProcessed(report);
    expectWithinRate(report.sent, { ...RATE, burst: RATE.burst + CALLS_AHEAD });
  });
});
