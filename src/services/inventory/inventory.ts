import { GatewayError } from '../../errors.js';
import type { Administrator, Caller, MemberStatus, SecurityService } from '../../membership.js';
import type { Coverage, InventoryFilter, InventoryReads, InventoryRow } from '../../ports/inventory.js';
import type { CountedPage } from '../history/history.js';
import { checkAccountId, checkAccountIds } from '../input/checkAccountIds.js';
import { readableTargets } from '../members/readableTargets.js';
import { throwFirstFault } from '../input/faults.js';
import { rangeFaults } from '../input/valueFaults.js';
import { checkPage, type PageInput } from '../input/pageArgs.js';
import { COVERED_TARGET_POINTS, type SpendPoints } from '../spendPoints.js';

/** Accounts with gaps that a coverage shows by default; the schema repeats it. */
const DEFAULT_GAPS = 100;

/** Most accounts with gaps that a coverage shows. */
const MAX_GAPS = 1_000;

/** Most days of `invitationOlderThanDays`: longer than AWS's own history. */
const MAX_DAYS = 36_500;

/** The filter of a list of the inventory. Absent and null conditions do not filter. */
export interface InventoryQuery {
  readonly administrator?: string | null;
  readonly service?: SecurityService | null;
  readonly region?: string | null;
  readonly accountId?: readonly string[] | null;
  readonly status?: readonly MemberStatus[] | null;
  readonly invitedBefore?: Date | null;
  readonly invitationOlderThanDays?: number | null;
  readonly requested?: boolean | null;
}

/** The arguments of a coverage. */
export interface CoverageQuery {
  /** Null: the only one. */
  readonly administrator?: string | null;
  /** Null: every account of the inventory. */
  readonly accountIds?: readonly string[] | null;
  /** 1 to 1,000; default 100. */
  readonly first?: number | null;
  /** An account id. */
  readonly after?: string | null;
}

/** The coverage of one administrator. */
export interface AdministratorCoverage extends Coverage {
  readonly administrator: string;
}

/**
 * The inventory of the targets that are configured and granted to the caller. A coverage is at the expense of the caller's
 * budget, and rejects as `SpendPoints` does.
 *
 * @throws GatewayError `BAD_USER_INPUT` (as a rejection) for an argument that is wrong, before any read.
 */
export interface InventoryService {
  members(caller: Caller, asked: InventoryQuery, page: PageInput): Promise<CountedPage<InventoryRow>>;
  coverage(caller: Caller, asked: CoverageQuery): Promise<AdministratorCoverage>;
}

export function createInventory(
  administrators: readonly Administrator[],
  reads: InventoryReads,
  spend: SpendPoints,
): InventoryService {
  const filterOf = (caller: Caller, asked: InventoryQuery): InventoryFilter => {
    const { administrator, service, region, accountId, status, invitedBefore, requested } = asked;
    const where = {
      administrator: administrator ?? null,
      services: service == null ? null : [service],
      regions: region == null ? null : [region],
    };
    return {
      targets: readableTargets(administrators, caller, where, {
        services: 'filter.service',
        regions: 'filter.region',
      }),
      accountIds: accountId == null ? null : checkAccountIds('filter.accountId', accountId),
      statuses: status ?? null,
      invitedBefore: invitedBefore ?? null,
      openForDays: checkDays(asked.invitationOlderThanDays),
      requested: requested ?? null,
    };
  };

  return {
    async members(caller, asked, page) {
      const filter = filterOf(caller, asked);
      return {
        page: await reads.members(filter, checkPage(page)),
        count: () => reads.countMembers(filter),
      };
    },
    async coverage(caller, { administrator, accountIds, first, after }) {
      const targets = readableTargets(administrators, caller, { administrator: administrator ?? null });
      const names = [...new Set(targets.map((target) => target.administrator))];
      const [only, ...others] = names;
      if (only === undefined || others.length > 0) {
        throw new GatewayError(
          'BAD_USER_INPUT',
          `administrator: expected one of ${names.join(', ') || 'nothing'}, got none`,
        );
      }
      const selection = {
        accountIds: accountIds == null ? null : checkAccountIds('accountIds', accountIds),
        after: after == null ? null : checkAccountId('after', after),
        limit: checkGaps(first),
      };
      await spend(caller, COVERED_TARGET_POINTS * targets.length);
      const found = await reads.coverage(targets, selection);
      return { administrator: only, ...found };
    },
  };
}

function checkGaps(first: number | null | undefined): number {
  const gaps = first ?? DEFAULT_GAPS;
  throwFirstFault(rangeFaults(['first'], gaps, { min: 1, max: MAX_GAPS }));
  return gaps;
}

function checkDays(days: number | null | undefined): number | null {
  if (days == null) {
    return null;
  }
  throwFirstFault(rangeFaults(['filter', 'invitationOlderThanDays'], days, { min: 0, max: MAX_DAYS }));
  return days;
}
