import { Prisma } from '../../generated/client.js';
import type { PageArgs } from '../../ports/history.js';

/** Which way a list, which has the newest first, is read. */
export interface Direction {
  readonly isBackward: boolean;
  /** For ORDER BY. */
  readonly order: Prisma.Sql;
  /** Comparison of a key with that of a row it comes behind. */
  readonly behind: Prisma.Sql;
  /** As `behind`, or at it. */
  readonly behindOrAt: Prisma.Sql;
}

const FORWARD: Direction = {
  isBackward: false,
  order: Prisma.sql`DESC`,
  behind: Prisma.sql`<`,
  behindOrAt: Prisma.sql`<=`,
};

const BACKWARD: Direction = {
  isBackward: true,
  order: Prisma.sql`ASC`,
  behind: Prisma.sql`>`,
  behindOrAt: Prisma.sql`>=`,
};

/** The direction in which a page is read. */
export function directionOf(page: PageArgs): Direction {
  return 'last' in page ? BACKWARD : FORWARD;
}

/** Rows to read for a page: one more than it shows. */
export function limitOf(page: PageArgs): number {
  return ('last' in page ? page.last : page.first) + 1;
}
