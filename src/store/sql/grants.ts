import { Prisma } from '../../generated/client.js';
import type { Caller } from '../../membership.js';
import type { LaneFilter } from '../../ports/history.js';

/** The condition that `column` holds an administrator granted to the caller. */
export function grantCondition(caller: Caller, column: Prisma.Sql): Prisma.Sql {
  if (caller.administrators === null) {
    return Prisma.sql`true`;
  }
  return Prisma.sql`${column} = ANY (${[...caller.administrators]}::text[])`;
}

/**
 * The condition that the row `l` of `lane` is granted to the caller and matches the filter; null when every lane does. A null
 * caller has no condition: the parents of the read were authorised before.
 */
export function laneCondition(caller: Caller | null, filter: LaneFilter): Prisma.Sql | null {
  const conditions: Prisma.Sql[] = [];
  if (caller !== null && caller.administrators !== null) {
    conditions.push(grantCondition(caller, Prisma.sql`l.administrator`));
  }
  if (filter.administrator != null) {
    conditions.push(Prisma.sql`l.administrator = ${filter.administrator}`);
  }
  if (filter.service != null) {
    conditions.push(Prisma.sql`l.service = ${filter.service}::security_service`);
  }
  if (filter.region != null) {
    conditions.push(Prisma.sql`l.region = ${filter.region}`);
  }
  return conditions.length === 0 ? null : Prisma.join(conditions, ' AND ');
}

/**
 * The condition that `column` holds the id of such a lane; null when every lane matches. The lanes are read once per
 * statement: there is one for each administrator, service and region.
 */
export function laneIdCondition(
  caller: Caller | null,
  filter: LaneFilter,
  column: Prisma.Sql,
): Prisma.Sql | null {
  const condition = laneCondition(caller, filter);
  return condition && Prisma.sql`${column} = ANY (ARRAY(SELECT l.id FROM lane l WHERE ${condition}))`;
}

/** A relation of such lanes, named l. */
export function matchingLanes(caller: Caller | null, filter: LaneFilter): Prisma.Sql {
  return Prisma.sql`(SELECT l.* FROM lane l WHERE ${laneCondition(caller, filter) ?? Prisma.sql`true`}) AS l`;
}
