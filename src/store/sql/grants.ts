import { Prisma } from '../../generated/client.js';
import type { Caller } from '../../membership.js';
import type { LaneFilter } from '../../ports/history.js';

/** The condition that `column` holds an administrator the caller may see. */
export function isGranted(caller: Caller, column: Prisma.Sql): Prisma.Sql {
  if (caller.administrators === null) {
    return Prisma.sql`true`;
  }
  return Prisma.sql`${column} = ANY (${[...caller.administrators]}::text[])`;
}

/**
 * The condition that the row `l` of `lane` is one the caller may see and the filter names; null when every lane will do.
 * With a null caller the parents of the read were authorised, and so is what hangs on them.
 */
export function narrowsLanes(caller: Caller | null, filter: LaneFilter): Prisma.Sql | null {
  const conditions: Prisma.Sql[] = [];
  if (caller !== null && caller.administrators !== null) {
    conditions.push(isGranted(caller, Prisma.sql`l.administrator`));
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
 * The condition that `column` holds such a lane; null when every lane will do. The lanes are looked up once per
 * statement: there are about as many as administrators times regions.
 */
export function isWantedLane(
  caller: Caller | null,
  filter: LaneFilter,
  column: Prisma.Sql,
): Prisma.Sql | null {
  const condition = narrowsLanes(caller, filter);
  return condition && Prisma.sql`${column} = ANY (ARRAY(SELECT l.id FROM lane l WHERE ${condition}))`;
}

/** A relation of such lanes, named l. */
export function wantedLanes(caller: Caller | null, filter: LaneFilter): Prisma.Sql {
  return Prisma.sql`(SELECT l.* FROM lane l WHERE ${narrowsLanes(caller, filter) ?? Prisma.sql`true`}) AS l`;
}
