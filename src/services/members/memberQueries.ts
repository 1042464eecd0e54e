import { GatewayError, quoted } from '../../errors.js';
import type {
  Administrator,
  Caller,
  MemberStatus,
  SecurityService,
  TargetAddress,
} from '../../membership.js';
import type { LiveMember } from './liveMember.js';
import { readableTargets, type TargetQuery } from './readableTargets.js';
import { checkMaxAge } from '../input/maxAge.js';
import { memberPages } from './memberPages.js';
import { memberCursor, memberPlace, type MemberList, type MemberPlace } from './memberCursors.js';
import type { MemberReads } from './memberReads.js';
import { checkForwardPage, type PageInput } from '../input/pageArgs.js';

/**
 * Most pages of ListMembers that are read for one page of a list with a status filter. Ours: 10 pages are 500 members, and
 * take two seconds at half of GuardDuty's rate. The cursor leads to the next page, also when no member matched.
 */
const MAX_PAGES_READ = 10;

/** The arguments of a list of members. */
export interface MembersQuery {
  /** Null: the only one. */
  readonly administrator?: string | null;
  readonly service: SecurityService;
  readonly region: string;
  /** Null: every status. An empty list matches nothing. */
  readonly status?: readonly MemberStatus[] | null;
  /** Highest age of the answer; null and 0: read now. */
  readonly maxAgeSeconds?: number | null;
}

/** A member and its place in the list. */
export interface MemberEdge {
  readonly cursor: string;
  readonly node: LiveMember;
}

/** A page of a list of members. */
export interface MemberEdges {
  readonly edges: readonly MemberEdge[];
  readonly hasNextPage: boolean;
  /** Cursor of the next page, also when no member of this page matched; null at the end of an empty list. */
  readonly endCursor: string | null;
}

/**
 * What the services say of members now, limited to the administrators granted to the caller.
 *
 * @throws GatewayError `BAD_USER_INPUT` (as a rejection, where it returns a promise) for an argument that is wrong.
 */
export interface MemberQueries {
  /** The members of one target; rejects with the target's own `GatewayError` when it cannot be read. */
  list(caller: Caller, asked: MembersQuery, page: Pick<PageInput, 'first' | 'after'>): Promise<MemberEdges>;
  /** Where the members of an account are to be looked for. */
  targets(caller: Caller, asked: TargetQuery): readonly TargetAddress[];
}

/** @param readsFor reads of members by how old, in seconds, they may be. */
export function createMemberQueries(
  administrators: readonly Administrator[],
  readsFor: (maxAgeSeconds: number) => Pick<MemberReads, 'page'>,
): MemberQueries {
  return {
    async list(caller, { administrator, service, region, status, maxAgeSeconds }, asked) {
      const maxAge = checkMaxAge(maxAgeSeconds);
      const page = checkForwardPage(asked);
      const wanted = { administrator: administrator ?? null, services: [service], regions: [region] };
      const found = readableTargets(administrators, caller, wanted, {
        services: 'service',
        regions: 'region',
      });
      const list = {
        target: onlyTarget(found, service, region),
        statuses: status ?? null,
        isCached: maxAge > 0,
      };
      const from = memberPlace(list, page.after);
      if (list.statuses?.length === 0) {
        return pageOf([], false, null);
      }
      return readPage(readsFor(maxAge), list, from, page.first);
    },
    targets: (caller, asked) => readableTargets(administrators, caller, asked),
  };
}

function onlyTarget(
  found: readonly TargetAddress[],
  service: SecurityService,
  region: string,
): TargetAddress {
  const [only, ...others] = found;
  if (only === undefined) {
    throw new GatewayError('BAD_USER_INPUT', `region: ${service} is not configured for ${quoted(region)}`);
  }
  if (others.length === 0) {
    return only;
  }
  const names = found.map(({ administrator }) => administrator).join(', ');
  throw new GatewayError('BAD_USER_INPUT', `administrator: expected one of ${names}, got none`);
}

async function readPage(
  reads: Pick<MemberReads, 'page'>,
  list: MemberList,
  from: MemberPlace,
  first: number,
): Promise<MemberEdges> {
  const edges: MemberEdge[] = [];
  let place = from;
  let pages = 0;
  for await (const { members, nextToken } of memberPages(
    list.target,
    (query) => reads.page(list.target, query),
    from.token,
  )) {
    const matching = members
      .map((node, index) => ({ node, index }))
      .slice(place.skip)
      .filter(({ node }) => list.statuses?.includes(node.status) ?? true);
    const shown = matching.slice(0, first - edges.length);
    for (const { node, index } of shown) {
      edges.push({ node, cursor: memberCursor(list, placeAfter(place.token, index, members, nextToken)) });
    }
    if (shown.length < matching.length) {
      return pageOf(edges, true, null);
    }
    if (nextToken === null) {
      return pageOf(edges, false, null);
    }
    place = { token: nextToken, skip: 0 };
    pages += 1;
    if (edges.length === first || pages === MAX_PAGES_READ) {
      break;
    }
  }
  return pageOf(edges, true, memberCursor(list, place));
}

/** The place after a member. After the last one of a page, the next page begins, so this page is not read again. */
function placeAfter(
  token: string | null,
  index: number,
  members: readonly LiveMember[],
  nextToken: string | null,
): MemberPlace {
  const isLast = index === members.length - 1;
  return isLast && nextToken !== null ? { token: nextToken, skip: 0 } : { token, skip: index + 1 };
}

function pageOf(edges: readonly MemberEdge[], hasNextPage: boolean, goOn: string | null): MemberEdges {
  return { edges, hasNextPage, endCursor: goOn ?? edges.at(-1)?.cursor ?? null };
}
