import { Prisma } from '../../generated/client.js';

/**
 * The condition on a row c of call that is in doubt: its answer is lost or names no accounts, and its members could not be
 * read back.
 */
export const IN_DOUBT = Prisma.sql`c.settled_at IS NULL AND c.read_back_error IS NOT NULL`;
