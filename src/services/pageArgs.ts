import { GatewayError } from '../errors.js';
import type { PageArgs } from '../ports/history.js';

/** Page arguments as callers give them. Absent and null mean the default. */
export interface AskedPage {
  readonly first?: number | null;
  /** Checked by the store, which gives cursors out. */
  readonly after?: string | null;
}

/** Entries of a page when the caller does not say; the schema repeats it. */
const DEFAULT_FIRST = 50;

/** Most entries of a page: few enough for one statement to answer with all of them, and with pages nested in each. */
const LARGEST_FIRST = 100;

/** Page arguments with their defaults; `BAD_USER_INPUT` when `first` is out of range. */
export function checkPage({ first, after }: AskedPage): PageArgs {
  const wanted = first ?? DEFAULT_FIRST;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > LARGEST_FIRST) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `first: expected a whole number from 1 to ${LARGEST_FIRST}, got ${wanted}`,
    );
  }
  return { first: wanted, after: after ?? null };
}
