import { GatewayError } from '../../errors.js';
import type { ForwardPage, PageArgs } from '../../ports/history.js';

/** Page arguments as callers give them. Absent and null mean the default. */
export interface PageInput {
  readonly first?: number | null;
  /** Checked by the store, which gives cursors out. */
  readonly after?: string | null;
  readonly last?: number | null;
  /** Likewise. */
  readonly before?: string | null;
}

/** Entries of a page when the caller does not say; the schema repeats it. */
const DEFAULT_SIZE = 50;

/** Most entries of a page: few enough for one statement to answer with all of them, and with pages nested in each. */
const LARGEST_SIZE = 100;

/**
 * Page arguments with their defaults: `first` and `after`, or `last` and `before`. `BAD_USER_INPUT`, with the argument
 * named, when they are of both kinds or out of range.
 */
export function checkPage({ first, after, last, before }: PageInput): PageArgs {
  const isBackward = last != null || before != null;
  if (!isBackward) {
    return checkForwardPage({ first: first ?? null, after: after ?? null });
  }
  const other = last != null ? 'last' : 'before';
  for (const [argument, value] of Object.entries({ first, after })) {
    if (value == null) {
      continue;
    }
    throw new GatewayError(
      'BAD_USER_INPUT',
      `${argument}: expected none together with ${other}; first and after page forward, last and before backward`,
    );
  }
  return { last: checkSize('last', last ?? DEFAULT_SIZE), before: before ?? null };
}

/** The same for a list that can be paged forward only. */
export function checkForwardPage({ first, after }: Pick<PageInput, 'first' | 'after'>): ForwardPage {
  return { first: checkSize('first', first ?? DEFAULT_SIZE), after: after ?? null };
}

function checkSize(argument: string, size: number): number {
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST_SIZE) {
    return size;
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `${argument}: expected a whole number from 1 to ${LARGEST_SIZE}, got ${size}`,
  );
}
