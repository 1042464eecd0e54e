import { describe, expect, it } from 'vitest';
import { pageEndsOf, toPage } from '../../../src/store/sql/jsonPages.js';

const toCursor = (row: number) => `c${row}`;
const same = (row: number) => row;
const shown = (rows: number[], pageEnd: string | null, page: Parameters<typeof toPage>[1]) => {
  const { edges, ...ends } = toPage({ rows, pageEnd }, page, same, toCursor);
  return { rows: edges.map(({ node }) => node), ...ends };
};

describe('a page read forward', () => {
  it('shows all rows but the additional one, and its cursors are those of its first and last row', () => {
    expect(shown([9, 8, 7], null, { first: 2, after: null })).toEqual({
      rows: [9, 8],
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: 'c9',
      endCursor: 'c8',
    });
  });

  it('is the last one if no row and no page end follows', () => {
    expect(shown([9, 8], null, { first: 2, after: 'c10' })).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: true,
      endCursor: 'c8',
    });
  });

  it('that stopped before it was full continues at its page end, also when it is empty', () => {
    expect(shown([9], 'c5', { first: 2, after: null })).toMatchObject({
      rows: [9],
      hasNextPage: true,
      startCursor: 'c9',
      endCursor: 'c5',
    });
    expect(shown([], 'c5', { first: 2, after: null })).toMatchObject({
      rows: [],
      hasNextPage: true,
      startCursor: 'c5',
      endCursor: 'c5',
    });
  });
});

describe('a page read backward', () => {
  it('shows all rows but the additional one, which is the newest', () => {
    expect(shown([3, 2, 1], null, { last: 2, before: null })).toEqual({
      rows: [2, 1],
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: 'c2',
      endCursor: 'c1',
    });
  });

  it('that stopped before it was full continues at its page end', () => {
    expect(shown([1], 'c5', { last: 2, before: 'c0' })).toMatchObject({
      rows: [1],
      hasNextPage: true,
      hasPreviousPage: true,
      startCursor: 'c5',
      endCursor: 'c1',
    });
  });
});

it('an empty list has no cursors', () => {
  const read = { hasMore: false, newest: null, oldest: null, pageEnd: null };
  for (const page of [
    { first: 2, after: null },
    { last: 2, before: null },
  ]) {
    expect(pageEndsOf(read, page)).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  }
});
