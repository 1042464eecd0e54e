import type { SettledGauge } from '../ports/gauges.js';

const HOUR_MS = 3_600_000;

/** The totals of settled outcomes since the hour in which the process started. */
export interface SettledTotals {
  /** The first hour to read for the next `add`. */
  from(): Date;
  /** Returns the totals so far: of the hours that are complete, and of these rows. */
  add(rows: readonly SettledGauge[]): SettledGauge[];
}

/**
 * An hour is complete when a whole hour has passed since its end. A complete hour is read once, all others at every scrape,
 * so that a scrape reads two or three hours however long the process runs.
 *
 * @param now milliseconds since 1970.
 */
export function createSettledTotals(now: () => number = Date.now): SettledTotals {
  let from = hourOf(now());
  const complete = new Map<string, SettledGauge>();
  return {
    from: () => from,
    add(rows) {
      const totals = new Map(complete);
      const firstOpenHour = hourOf(now() - HOUR_MS);
      for (const row of rows) {
        addTo(totals, row);
        if (row.hour < firstOpenHour) {
          addTo(complete, row);
        }
      }
      if (firstOpenHour > from) {
        from = firstOpenHour;
      }
      return [...totals.values()];
    },
  };
}

function addTo(totals: Map<string, SettledGauge>, row: SettledGauge): void {
  const { administrator, service, region, operation, status, reason } = row;
  const key = JSON.stringify([administrator, service, region, operation, status, reason]);
  totals.set(key, { ...row, outcomes: row.outcomes + (totals.get(key)?.outcomes ?? 0) });
}

function hourOf(time: number): Date {
  return new Date(Math.floor(time / HOUR_MS) * HOUR_MS);
}
