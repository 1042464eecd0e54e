import { Prisma } from '../generated/client.js';
import type { Caller, SecurityService } from '../membership.js';

/** What narrows a read to lanes. Absent members do not. */
export interface LaneFilter {
  readonly service?: SecurityService | null | undefined;
  readonly region?: string | null | undefined;
}

/** The condition that `column` holds an administrator the caller may see. */
export function isGranted(caller: Caller, column: Prisma.Sql): Prisma.Sql {
  if (caller.administrators === null) return Prisma.sql`true`;
  return Prisma.sql`${column} = ANY (${[...caller.administrators]}::text[])`;
}

/**
 * The condition that `column` holds a lane the caller may see and the filter names; null when every lane will do. The
 * lanes are looked up once per statement: there are about as many as administrators times regions.
 * With a null caller the parents of the read were authorised, and so is what hangs on them.
 */
export function isWantedLane(
  caller: Caller | null,
  filter: LaneFilter,
  column: Prisma.Sql,
): Prisma.Sql | null {
  const conditions: Prisma.Sql[] = [];
  if (caller !== null && caller.administrators !== null)
    conditions.push(isGranted(caller, Prisma.sql`l.administrator`));
  if (filter.service != null) conditions.push(Prisma.sql`l.service = ${filter.service}::security_service`);
  if (filter.region != null) conditions.push(Prisma.sql`l.region = ${filter.region}`);
  if (conditions.length === 0) return null;
  return Prisma.sql`${column} = ANY (ARRAY(SELECT l.id FROM lane l WHERE ${Prisma.join(conditions, ' AND ')}))`;
}
