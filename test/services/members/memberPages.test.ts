import { expect, it } from 'vitest';
import type { TargetAddress } from '../../../src/membership.js';
import type { MemberPageQuery } from '../../../src/ports/upstream.js';
import { memberPages } from '../../../src/services/members/memberPages.js';

const TARGET: TargetAddress = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' };

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
  for await (const { members } of memberPages(TARGET, readPage)) {
    expect(members).toEqual([]);
  }
  expect(queries).toEqual([null, 'a', 'b'].map((nextToken) => ({ pageSize: 50, nextToken })));
});

it('pages of members begin at a token, and are not read ahead of the loop', async () => {
  const { queries, readPage } = threePages();
  for await (const { nextToken } of memberPages(TARGET, readPage, 'a')) {
    expect(nextToken).toBe('b');
    break;
  }
  expect(queries).toEqual([{ pageSize: 50, nextToken: 'a' }]);
});

it('pages of members end with an error at the first token that comes a second time', async () => {
  const queries: MemberPageQuery[] = [];
  const readPage = async (query: MemberPageQuery) => {
    queries.push(query);
    return { members: [], observedAt: new Date(), nextToken: query.nextToken === 'a' ? 'b' : 'a' };
  };
  const list = async () => {
    for await (const { members } of memberPages(TARGET, readPage)) {
      expect(members).toEqual([]);
    }
  };
  await expect(list()).rejects.toMatchObject({
    message:
      'GUARDDUTY in eu-west-1 as security: ListMembers repeats a nextToken: its list of members has no end',
  });
  expect(queries.map(({ nextToken }) => nextToken)).toEqual([null, 'a', 'b']);
});
