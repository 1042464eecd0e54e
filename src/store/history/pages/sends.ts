import { Prisma } from '../../../generated/client.js';

/**
 * The calls of an outcome `o` that left, or are under way. A call that never had a connection has no attempts; only outcomes that
 * one such call may explain are looked up.
 */
export const SENDS = Prisma.sql`
  CASE WHEN cardinality(o.call_ids) = 0 OR cardinality(o.call_ids) = 1 AND o.status IN ('IN_FLIGHT', 'PROCESSED', 'UNPROCESSED')
    THEN cardinality(o.call_ids)
    ELSE cardinality(o.call_ids) - (
      SELECT count(*)::int FROM call c WHERE c.id = ANY (o.call_ids) AND c.attempts = 0 AND c.settled_at IS NOT NULL
    )
  END`;
