import type { TargetAddress } from '../../membership.js';
import type { MemberCache } from '../../ports/memberCache.js';
import type { MemberPageQuery, ServiceMember } from '../../ports/upstream.js';
import { liveMember, serviceMember } from './liveMember.js';
import type { MemberPage, MemberReads } from './memberReads.js';

/** Prefix of tokens of inventory pages, followed by an account id. No service returns such a token. */
const INVENTORY_TOKEN = 'gateway-inventory:';

/**
 * Pages of the members of a target that may have a certain age. They come from the inventory if that is young enough,
 * otherwise from a cached page, otherwise from the service, whose page is then cached. A list that begins in the inventory
 * continues there, however old the inventory is by then.
 */
export function createCachedPages(
  reads: Pick<MemberReads, 'page'>,
  kept: Pick<MemberCache, 'inventoryPage' | 'page' | 'savePage'>,
  maxAgeSeconds: number,
): Pick<MemberReads, 'page'> {
  const fromInventory = async (
    target: TargetAddress,
    { pageSize, nextToken }: MemberPageQuery,
  ): Promise<MemberPage | null> => {
    const after = nextToken?.slice(INVENTORY_TOKEN.length) ?? '';
    const page = await kept.inventoryPage(target, after, pageSize, nextToken === null ? maxAgeSeconds : null);
    if (page === null) {
      return null;
    }
    const last = page.members.at(-1);
    const goOn = page.isLast || last === undefined ? null : INVENTORY_TOKEN + last.accountId;
    return shown(target, page.members, page.observedAt, goOn);
  };

  return {
    async page(target, asked) {
      const { nextToken } = asked;
      if (nextToken === null || nextToken.startsWith(INVENTORY_TOKEN)) {
        const page = await fromInventory(target, asked);
        if (page !== null) {
          return page;
        }
      }
      const known = await kept.page(target, asked, maxAgeSeconds);
      if (known !== null) {
        return shown(target, known.members, known.observedAt, known.nextToken);
      }
      const read = await reads.page(target, asked);
      const members = read.members.map(serviceMember).filter((member) => member !== null);
      await kept.savePage(target, asked, { ...read, members });
      return read;
    },
  };
}

function shown(
  target: TargetAddress,
  members: readonly ServiceMember[],
  observedAt: Date,
  nextToken: string | null,
): MemberPage {
  return {
    members: members.map((member) => liveMember(target, member, observedAt)),
    nextToken,
    observedAt,
  };
}
