import type { PrismaClient } from '../../generated/client.js';
import type { RequestEvents } from '../../ports/requests.js';

/** Request events, with the methods that the listening connection of the process calls. */
export interface NotifiedRequestEvents extends RequestEvents {
  /** NOTIFY reported that this request has finished. */
  requestFinished(requestId: string): void;
  /** Called when the connection listens again: reads in one statement which watched requests have finished. */
  checkAll(): Promise<void>;
}

/** Watches on requests, in the memory of this process. */
export function createRequestEvents(prisma: PrismaClient): NotifiedRequestEvents {
  const watches = new Map<string, Set<() => void>>();

  const requestFinished = (requestId: string): void => {
    for (const resolve of watches.get(requestId) ?? []) {
      resolve();
    }
    watches.delete(requestId);
  };

  const check = async (requestIds: readonly string[]): Promise<void> => {
    if (requestIds.length === 0) {
      return;
    }
    const finished = await prisma.$queryRaw<{ id: string }[]>`
      SELECT id::text AS id FROM request WHERE id = ANY (${requestIds}::uuid[]) AND finished_at IS NOT NULL
    `;
    for (const { id } of finished) {
      requestFinished(id);
    }
  };

  return {
    watch(requestId) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const resolvers = watches.get(requestId) ?? new Set();
      watches.set(requestId, resolvers.add(resolve));
      return {
        finished: promise,
        close() {
          resolvers.delete(resolve);
          if (resolvers.size === 0 && watches.get(requestId) === resolvers) {
            watches.delete(requestId);
          }
        },
      };
    },
    check: (requestId) => check([requestId]),
    requestFinished,
    checkAll: () => check([...watches.keys()]),
  };
}
