import { ACCOUNTS_PER_CALL, type TargetAddress } from '../../membership.js';
import type { MemberPageQuery } from '../../ports/upstream.js';
import type { MemberPage } from './memberReads.js';
import { failureOf } from './readFailure.js';

/**
 * The pages of the members of one target, 50 members each, in the service's own order. The next page is read when the
 * loop asks for it, so a loop that ends early reads no page in vain. A token that comes a second time ends the loop with an
 * error: the list would begin again.
 *
 * @param readPage reads one page; its error ends the loop.
 * @param target named in the error.
 * @param firstToken the token of the first page; null: from the beginning.
 */
export async function* memberPages(
  target: TargetAddress,
  readPage: (query: MemberPageQuery) => Promise<MemberPage>,
  firstToken: string | null = null,
): AsyncGenerator<MemberPage, void> {
  const tokens = new Set<string>();
  let nextToken = firstToken;
  do {
    if (nextToken !== null) {
      tokens.add(nextToken);
    }
    const page = await readPage({ pageSize: ACCOUNTS_PER_CALL, nextToken });
    nextToken = page.nextToken;
    if (nextToken !== null && tokens.has(nextToken)) {
      const reason = 'ListMembers repeats a nextToken: its list of members has no end';
      throw failureOf(target, { reasonCode: 'OTHER', reason });
    }
    yield page;
  } while (nextToken !== null);
}
