import { Prisma } from '../../generated/client.js';
import type { PageArgs } from '../../ports/history.js';

/** The direction in which a list, whose newest row is first, is read. */
export interface Direction {
  readonly isBackward: boolean;
  /** For ORDER BY. */
  readonly order: Prisma.Sql;
  /** The comparison of a key with an earlier one in this direction: `id ${follows} ${bound}`. */
  readonly follows: Prisma.Sql;
  readonly followsOrEquals: Prisma.Sql;
}

const FORWARD: Direction = {
  isBackward: false,
  order: Prisma.sql`DESC`,
  follows: Prisma.sql`<`,
  followsOrEquals: Prisma.sql`<=`,
};

const BACKWARD: Direction = {
  isBackward: true,
  order: Prisma.sql`ASC`,
  follows: Prisma.sql`>`,
  followsOrEquals: Prisma.sql`>=`,
};

/** The direction in which a page is read. */
export function directionOf(page: PageArgs): Direction {
  return 'last' in page ? BACKWARD : FORWARD;
}

/** Rows to read for a page: one more than it shows. */
export function limitOf(page: PageArgs): number {
  return ('last' in page ? page.last : page.first) + 1;
}
