import type { OutcomeColumn } from '../../src/ports/history.js';
import type { TextColumn } from '../../src/ports/pages.js';

const COLUMNS: readonly OutcomeColumn[] = [
  'id',
  'accountId',
  'email',
  'operation',
  'service',
  'region',
  'status',
  'reasonCode',
  'reason',
  'settledAt',
];

/** What is asked of each outcome, as the store is asked for it. */
export const PAGE_COLUMNS: readonly TextColumn<OutcomeColumn>[] = COLUMNS.map((column) => ({
  as: column,
  column,
}));

/** The page that everything is asked for: 50 outcomes with ten fields, and what it takes to go on. */
export const PAGE_QUERY = `query Outcomes($after: String) {
  outcomes(first: 50, after: $after) {
    nodes { ${COLUMNS.join(' ')} }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** The same page, by a query that PostgreSQL does not write the answer of: with a directive, resolvers make objects of it. */
export const RESOLVED_QUERY = PAGE_QUERY.replace('nodes {', 'nodes @include(if: true) {');

/** Entries of the page. */
export const PAGE_SIZE = 50;

/** The id that every request bears, so that the answers, which repeat it, are the same to the last byte. */
export const REQUEST_ID = 'bench';

/** What an answer of the gateway says besides the page: the id, and the cost of this query for a caller without a budget. */
export const EXTENSIONS = {
  requestId: REQUEST_ID,
  cost: { complexity: 51, maximum: 100_000, budget: null },
};

/** An outcome's place in the list. */
export interface Place {
  readonly targetId: string;
  readonly accountId: string;
}

/** The cursor that the gateway gives out for a place. */
export function cursorOf({ targetId, accountId }: Place): string {
  return Buffer.from(`1|outcomes|${targetId}|${accountId}`).toString('base64url');
}

/** The place that a cursor of the gateway's is for; beyond all for none. */
export function placeOf(cursor: string | null): Place {
  if (cursor === null) {
    return { targetId: '9223372036854775807', accountId: '9999999999999' };
  }
  const [, , targetId = '', accountId = ''] = Buffer.from(cursor, 'base64url').toString().split('|');
  return { targetId, accountId };
}
