import type { ForwardPage, PageArgs } from '../../ports/history.js';
import { throwFirstFault, type Fault } from './faults.js';
import { rangeFaults } from './valueFaults.js';

/** Page arguments of a caller. Absent and null mean the default. The store checks the cursors, since it makes them. */
export interface PageInput {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** Entries of a page by default; the schema repeats it. */
const DEFAULT_SIZE = 50;

/** Most entries of a page: one statement reads them all, and the pages nested in each of them. */
const MAX_SIZE = 100;

/**
 * Page arguments with their defaults: `first` and `after`, or `last` and `before`.
 *
 * @throws GatewayError `BAD_USER_INPUT` for both kinds at once, and for a size out of range.
 */
export function checkPage(input: PageInput): PageArgs {
  const { first, after, last, before } = input;
  const isBackward = last != null || before != null;
  if (!isBackward) {
    return checkForwardPage({ first: first ?? null, after: after ?? null });
  }
  throwFirstFault(mixedDirectionFaults(input));
  return { last: checkSize('last', last), before: before ?? null };
}

/** The same for a list that is paged forward only. */
export function checkForwardPage({ first, after }: Pick<PageInput, 'first' | 'after'>): ForwardPage {
  return { first: checkSize('first', first), after: after ?? null };
}

function mixedDirectionFaults({ first, after, last }: PageInput): Fault[] {
  const other = last != null ? 'last' : 'before';
  const message = `expected none together with ${other}; first and after page forward, last and before backward`;
  return Object.entries({ first, after })
    .filter(([, value]) => value != null)
    .map(([argument]) => ({ path: [argument], code: 'INVALID_INPUT', message }));
}

function checkSize(argument: string, size: number | null | undefined): number {
  const entries = size ?? DEFAULT_SIZE;
  throwFirstFault(rangeFaults([argument], entries, { min: 1, max: MAX_SIZE }));
  return entries;
}
