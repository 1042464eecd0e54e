import type { TargetAddress } from '../../membership.js';
import type { MemberCache } from '../../ports/memberCache.js';
import type { MemberPageQuery, ServiceMember } from '../../ports/upstream.js';
import { liveMember, serviceMember } from './liveMember.js';
import type { MemberPage, MemberReads } from './memberReads.js';

/** How tokens begin that lead through the inventory; what follows is an account id. No service gives out such a token. */
const INVENTORY_TOKEN = 'gateway-inventory:';

/**
 * Pages of the members of a target for those who take an answer of some age. The inventory of the target answers when it is
 * young enough, and a list that has begun in it ends in it, however old it is by then. Else a page that was kept does, and
 * else the service, whose page is then kept.
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
