/** Repeated measurements of one thing, in the unit its name says. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Every measurement, in the order they were made. */
  readonly all: readonly number[];
}

/** The median of several repetitions, and how far they lie apart. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    median: percentile(values, 0.5),
    least: rounded(Math.min(...values)),
    most: rounded(Math.max(...values)),
    all: values.map(rounded),
  };
}

/** The value that this share (0 to 1) of the measurements does not exceed, by nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return rounded(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
}

/** Three decimals: below that, everything here is noise. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
