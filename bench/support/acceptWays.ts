import { randomUUID } from 'node:crypto';
import { addressOf } from '../../src/config/databaseAddress.js';
import type { Closers } from '../../src/closers.js';
import { openJobQueues } from '../../src/lanes/jobQueues.js';
import { createLaneWorkers } from '../../src/lanes/laneWorkers.js';
import { createLog } from '../../src/log.js';
import { createJobDatabase } from '../../src/store/connection/jobDatabase.js';
import { createRequestStore } from '../../src/store/requests/requestStore.js';
import { openRecord, timed, type WriteRequest } from './record.js';

/** The gateway's own way, jobs and wake-up calls included; no worker takes the lanes. */
export async function openStoreWay(closers: Closers, databaseUrl: string): Promise<WriteRequest> {
  const { prisma, lanes } = await openRecord(closers, databaseUrl);
  const log = createLog('warn');
  const jobDatabase = createJobDatabase(addressOf(databaseUrl), log);
  closers.add('database of the job queues', () => jobDatabase.close());
  const jobQueues = await openJobQueues({ database: jobDatabase, schema: 'pgboss', log });
  closers.add('job queues', () => jobQueues.stop());
  const workers = await createLaneWorkers({
    boss: jobQueues.boss,
    lanes: lanes.all,
    dependenciesFor: () => {
      throw new Error('no worker takes the lanes here');
    },
    lanesWithWork: async () => [],
    alone: false,
    log,
  });
  closers.add('lanes', () => workers.stop());
  const store = createRequestStore(prisma, lanes.idOf, { replica: randomUUID(), ...workers });
  return (request) => timed(() => store.insert(request));
}

/** Prisma's own way: createMany, a number of rows at a time. */
export async function openCreateManyWay(
  closers: Closers,
  databaseUrl: string,
  rowsAtATime: number,
): Promise<WriteRequest> {
  const { prisma, lanes } = await openRecord(closers, databaseUrl);
  let targetId = 0n;
  return (request) =>
    timed(() =>
      prisma.$transaction(
        async (tx) => {
          const { id: requestId, accounts, targets, caller, ...rest } = request;
          const total = accounts.length;
          await tx.request.create({
            data: {
              id: requestId,
              operation: rest.operation,
              administrator: rest.administrator,
              callerId: caller.id,
              callerKind: caller.kind,
              inputHash: rest.inputHash,
              openTargets: targets.length,
              total: targets.length * total,
            },
          });
          for (const chunk of chunked(accounts, rowsAtATime)) {
            await tx.requestAccount.createMany({ data: chunk.map((account) => ({ requestId, ...account })) });
          }
          for (const target of targets) {
            const [id, laneId] = [(targetId += 1n), lanes.idOf(target)];
            const { batchKey } = target;
            await tx.target.create({
              data: {
                id,
                requestId,
                laneId,
                operation: request.operation,
                batchKey,
                detectorPinned: false,
                total,
                pending: total,
              },
            });
            for (const chunk of chunked(accounts, rowsAtATime)) {
              const dueAt = new Date();
              const data = chunk.map(({ accountId }) => ({
                targetId: id,
                accountId,
                laneId,
                dueAt,
                callIds: [],
              }));
              await tx.queuedAccount.createMany({ data });
            }
          }
        },
        { timeout: 120_000 },
      ),
    );
}

function chunked<Item>(items: readonly Item[], size: number): Item[][] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}
