import type { PrismaClient } from '../../generated/client.js';
import type { RequestEvents } from '../../ports/requests.js';

/** Request events, fed by the process's listening connection. */
export interface FedRequestEvents extends RequestEvents {
  /** A NOTIFY said that this request has finished. */
  requestFinished(requestId: string): void;
  /** Listening began anew: looks up everything that is watched, in one statement. */
  checkAll(): Promise<void>;
}

/** Watches on requests, kept in this process's memory. */
export function createRequestEvents(prisma: PrismaClient): FedRequestEvents {
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
