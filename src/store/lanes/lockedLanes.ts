import { Prisma } from '../../generated/client.js';

/** What a statement does with a lane whose row is locked, by a cancellation or by reads. */
export type OnLocked = 'PASS' | 'WAIT';

/** The end of a locking clause. */
export const LOCKING: Readonly<Record<OnLocked, Prisma.Sql>> = {
  PASS: Prisma.sql`SKIP LOCKED`,
  WAIT: Prisma.empty,
};
