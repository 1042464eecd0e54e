import { Prisma } from '../../../generated/client.js';
import type { Caller } from '../../../membership.js';
import type { PageArgs } from '../../../ports/history.js';
import { directionOf, limitOf } from '../../sql/direction.js';
import { SCAN_LIMITS, type ScanLimits } from './keysetList.js';

/**
 * Sizes of pages that are prepared: the default, the largest, and those that user interfaces have. Each size is one more plan in
 * each connection.
 */
const PREPARED_SIZES = [10, 20, 25, 50, 100];

/**
 * A statement that is prepared once per connection (store/connection/client.ts); one name always has the same text.
 *
 * Its numbers, which are sizes of pages, become literals. With a parameter as LIMIT, PostgreSQL estimates a generic plan as
 * much more expensive than a custom one, and plans every execution again.
 */
export function prepared(name: string, { strings, values }: Prisma.Sql): Prisma.Sql {
  const withLiterals = values.map((value) => (typeof value === 'number' ? Prisma.raw(String(value)) : value));
  return Prisma.sql`/* prepared: ${Prisma.raw(name)} */ ${Prisma.sql(strings, ...withLiterals)}`;
}

/** The input of a page, from which its name as a prepared statement follows. */
export interface PageRequest {
  readonly caller: Caller | null;
  readonly filter: object;
  readonly page: PageArgs;
  readonly limits: ScanLimits;
}

/**
 * The statement of a page, prepared if the list has no filter and the page has a size in PREPARED_SIZES: there are some tens of
 * such statements. Planning such a page costs more than reading it.
 */
export function preparedPage(list: string, request: PageRequest, statement: Prisma.Sql): Prisma.Sql {
  const name = preparedName(list, request);
  return name === null ? statement : prepared(name, statement);
}

/** The name of a page as a prepared statement; null if it is not prepared. */
export function preparedName(list: string, { caller, filter, page, limits }: PageRequest): string | null {
  const size = limitOf(page) - 1;
  const isFiltered = Object.values(filter).some((value) => value != null);
  if (limits !== SCAN_LIMITS || isFiltered || !PREPARED_SIZES.includes(size)) {
    return null;
  }
  const direction = directionOf(page).isBackward ? 'backward' : 'forward';
  return `${list}_${grantScope(caller)}_${direction}_${size}`;
}

/** The part of the name for the caller: whether the statement has a condition on administrators. */
export function grantScope(caller: Caller | null): 'all' | 'granted' {
  return caller?.administrators == null ? 'all' : 'granted';
}
