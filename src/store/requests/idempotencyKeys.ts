import type { PrismaClient } from '../../generated/client.js';

/**
 * Releases the idempotency keys of requests older than this: a key then makes a new request when it is used again. The
 * old request keeps it on record. Reads the index of held keys only, however long the record.
 */
export async function releaseIdempotencyKeys(prisma: PrismaClient, hours: number): Promise<void> {
  await prisma.$executeRaw`
    UPDATE request SET holds_key = false
    WHERE holds_key AND created_at < now() - make_interval(secs => ${hours * 3_600}::float8)
  `;
}
