import { ACCOUNTS_PER_CALL } from '../../membership.js';
import type { MemberPageQuery } from '../../ports/upstream.js';
import type { MemberPage } from './memberReads.js';

/**
 * The pages of the members of one target, 50 members each, in the service's own order. The next page is read when the
 * loop asks for it, so a loop that ends early reads no page in vain.
 *
 * @param readPage reads one page; its error ends the loop.
 * @param firstToken the token of the first page; null: from the beginning.
 */
export async function* memberPages(
  readPage: (query: MemberPageQuery) => Promise<MemberPage>,
  firstToken: string | null = null,
): AsyncGenerator<MemberPage, void> {
  let nextToken = firstToken;
  do {
    const page = await readPage({ pageSize: ACCOUNTS_PER_CALL, nextToken });
    yield page;
    nextToken = page.nextToken;
  } while (nextToken !== null);
}
