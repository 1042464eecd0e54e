import { expect, it } from 'vitest';
import type { MemberPageQuery } from '../../../src/ports/upstream.js';
import { memberPages } from '../../../src/services/members/memberPages.js';

/** Three pages, and the queries that read them. */
const threePages = () => {
  const queries: MemberPageQuery[] = [];
  const next: Record<string, string | null> = { '': 'a', a: 'b', b: null };
  const readPage = async (query: MemberPageQuery) => {
    queries.push(query);
    return { members: [], observedAt: new Date(), nextToken: next[query.nextToken ?? ''] ?? null };
  };
  return { queries, readPage };
};

it('pages of members are 50 members each, and follow the tokens of the service to the last page', async () => {
  const { queries, readPage } = threePages();
  for await (const { members } of memberPages(readPage)) {
    expect(members).toEqual([]);
  }
  expect(queries).toEqual([null, 'a', 'b'].map((nextToken) => ({ pageSize: 50, nextToken })));
});

it('pages of members begin at a token, and are not read ahead of the loop', async () => {
  const { queries, readPage } = threePages();
  for await (const { nextToken } of memberPages(readPage, 'a')) {
    expect(nextToken).toBe('b');
    break;
  }
  expect(queries).toEqual([{ pageSize: 50, nextToken: 'a' }]);
});
