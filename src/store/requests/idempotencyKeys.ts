import type { PrismaClient } from '../../generated/client.js';

/**
 * Releases the idempotency keys of requests older than `hours`: such a key makes a new request when it is used again. The
 * key stays in the row of the old request. Reads only the index of held keys, so that the size of the table does not matter.
 */
export async function releaseIdempotencyKeys(prisma: PrismaClient, hours: number): Promise<void> {
  await prisma.$executeRaw`
    UPDATE request SET holds_key = false
    WHERE holds_key AND created_at < now() - make_interval(secs => ${hours * 3_600}::float8)
  `;
}
