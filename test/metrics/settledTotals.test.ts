import { describe, expect, it } from 'vitest';
import { createSettledTotals } from '../../src/metrics/settledTotals.js';

const at = (time: string) => new Date(`2026-01-01T${time}:00Z`);

function row(hour: string, outcomes: number) {
  return {
    administrator: 'security',
    service: 'GUARDDUTY' as const,
    region: 'eu-west-1',
    hour: at(hour),
    operation: 'CREATE_MEMBERS' as const,
    status: 'PROCESSED' as const,
    reason: '',
    outcomes,
  };
}

describe('the totals of settled outcomes', () => {
  it('begin with the hour in which the process started', () => {
    expect(createSettledTotals(() => at('10:59').getTime()).from()).toEqual(at('10:00'));
  });

  it('add up hours, and read an hour again until it is complete', () => {
    let now = at('10:30');
    const totals = createSettledTotals(() => now.getTime());
    expect(totals.add([row('10:00', 3)])).toMatchObject([{ outcomes: 3 }]);
    expect(totals.add([row('10:00', 5)])).toMatchObject([{ outcomes: 5 }]);
    now = at('11:59');
    expect(totals.add([row('10:00', 6), row('11:00', 1)])).toMatchObject([{ outcomes: 7 }]);
    expect(totals.from()).toEqual(at('10:00'));
    now = at('12:00');
    expect(totals.add([row('10:00', 8), row('11:00', 2)])).toMatchObject([{ outcomes: 10 }]);
    expect(totals.from()).toEqual(at('11:00'));
    expect(totals.add([row('11:00', 4)])).toMatchObject([{ outcomes: 12 }]);
  });

  it('are separate for each combination of labels', () => {
    const totals = createSettledTotals(() => at('10:30').getTime());
    const other = { ...row('10:00', 2), region: 'us-east-1' };
    expect(totals.add([row('10:00', 1), other])).toMatchObject([{ outcomes: 1 }, { outcomes: 2 }]);
  });
});
