import { Prisma } from '../generated/client.js';
import type { Caller } from '../membership.js';
import type { PageArgs } from '../ports/history.js';
import { directionOf, limitOf } from './direction.js';
import { WALK_LIMITS, type WalkLimits } from './walk.js';

/** Pages that are prepared: the default, the largest, and what interfaces are used to. Each is a plan in each connection. */
const SIZES = [10, 20, 25, 50, 100];

/**
 * A statement that is prepared once per connection, by a name that tells its text (client.ts). Its numbers, which are sizes
 * of pages, become part of it: with a LIMIT that PostgreSQL does not know, a plan for any values looks so much dearer than
 * one for these that it goes on planning.
 */
export function prepared(name: string, { strings, values }: Prisma.Sql): Prisma.Sql {
  const known = values.map((value) => (typeof value === 'number' ? Prisma.raw(String(value)) : value));
  return Prisma.sql`/* prepared: ${Prisma.raw(name)} */ ${Prisma.sql(strings, ...known)}`;
}

/**
 * A page of a list, prepared when nothing narrows the list and the page is of a usual size: the text is then one of a few
 * dozen. Planning such a page costs more than reading it.
 */
export function preparedPage(
  list: string,
  {
    caller,
    filter,
    page,
    limits,
  }: { caller: Caller | null; filter: object; page: PageArgs; limits: WalkLimits },
  statement: Prisma.Sql,
): Prisma.Sql {
  const size = limitOf(page) - 1;
  if (limits !== WALK_LIMITS) return statement;
  if (!SIZES.includes(size) || !Object.values(filter).every((value) => value == null)) return statement;
  const direction = directionOf(page).isBackward ? 'backward' : 'forward';
  return prepared(`${list}_${reachOf(caller)}_${direction}_${size}`, statement);
}

/** What the name of a prepared statement says of its caller. */
export function reachOf(caller: Caller | null): 'all' | 'granted' {
  return caller?.administrators == null ? 'all' : 'granted';
}
