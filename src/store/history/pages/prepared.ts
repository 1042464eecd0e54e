import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { PageArgs } from '../../../ports/history.js';
import { directionOf, limitOf } from '../../sql/direction.js';
import { WALK_LIMITS, type WalkLimits } from './boundedPage.js';

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

/** What tells whether a page of a list is prepared, and by which name. */
export interface PreparedPage {
  readonly caller: Caller | null;
  readonly filter: object;
  readonly page: PageArgs;
  readonly limits: WalkLimits;
}

/**
 * A page of a list, prepared when nothing narrows the list and the page is of a usual size: the text is then one of a few
 * dozen. Planning such a page costs more than reading it.
 */
export function preparedPage(list: string, asked: PreparedPage, statement: Prisma.Sql): Prisma.Sql {
  const name = preparedName(list, asked);
  return name === null ? statement : prepared(name, statement);
}

/** The name by which a page of a list is prepared; null when it is not. */
export function preparedName(list: string, { caller, filter, page, limits }: PreparedPage): string | null {
  const size = limitOf(page) - 1;
  if (limits !== WALK_LIMITS) {
    return null;
  }
  if (!SIZES.includes(size) || !Object.values(filter).every((value) => value == null)) {
    return null;
  }
  const direction = directionOf(page).isBackward ? 'backward' : 'forward';
  return `${list}_${reachOf(caller)}_${direction}_${size}`;
}

/** What the name of a prepared statement says of its caller. */
export function reachOf(caller: Caller | null): 'all' | 'granted' {
  return caller?.administrators == null ? 'all' : 'granted';
}
