import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Closers } from '../../src/closers.js';
import { createLaneWorkers } from '../../src/lanes/workers.js';
import { createLog } from '../../src/log.js';
import { LOCAL_CALLER, type Administrator } from '../../src/membership.js';
import type { NewRequest } from '../../src/ports/requests.js';
import { openDatabase } from '../../src/store/client.js';
import { openLanes, type Lanes } from '../../src/store/lanes.js';
import { migrate } from '../../src/store/migrator.js';
import { createRequestStore } from '../../src/store/requestStore.js';
import { ROOT } from './report.js';

/** A way to write a request with all that it is made of, in one transaction. Resolves with the milliseconds it took. */
export type WriteRequest = (request: NewRequest) => Promise<number>;

/** Both services in two regions: what a gateway that was told nothing else administers. */
const ADMINISTRATOR: Administrator = {
  id: 'default',
  accountId: '111122223333',
  roleArn: null,
  externalId: null,
  services: ['GUARDDUTY', 'SECURITY_HUB'],
  regions: ['us-east-1', 'eu-west-1'],
  detectorIds: {},
};

/** A request for all four targets. */
export function requestFor(id: string, accounts: NewRequest['accounts']): NewRequest {
  const { services, regions } = ADMINISTRATOR;
  const addresses = services.flatMap((service) => regions.map((region) => ({ service, region })));
  return {
    id,
    caller: LOCAL_CALLER,
    operation: 'CREATE_MEMBERS',
    administrator: ADMINISTRATOR.id,
    note: null,
    idempotencyKey: null,
    inputHash: '0'.repeat(64),
    message: null,
    disableEmailNotification: null,
    accounts,
    targets: addresses.map((address) => ({
      ...address,
      administrator: ADMINISTRATOR.id,
      batchKey: 'CREATE_MEMBERS',
      detectorId: null,
    })),
  };
}

/** The gateway's own way, jobs and wake-up calls included; nobody works the lanes. */
export async function openStoreWay(closers: Closers, databaseUrl: string): Promise<WriteRequest> {
  const { prisma, lanes } = await openRecord(closers, databaseUrl);
  const workers = await createLaneWorkers({
    databaseUrl,
    lanes: lanes.all,
    toolsFor: () => {
      throw new Error('nobody works the lanes here');
    },
    lanesWithWork: async () => [],
    alone: false,
    log: createLog('warn'),
  });
  closers.add('lanes', () => workers.stop());
  const store = createRequestStore(prisma, lanes.idOf, workers.enqueue);
  return (request) => timed(() => store.accept(request));
}

/** Prisma's own way: createMany, so many rows at a time. */
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
              data: { id, requestId, laneId, batchKey, detectorPinned: false, total, pending: total },
            });
            for (const chunk of chunked(accounts, rowsAtATime)) {
              const data = chunk.map(({ accountId }) => ({ targetId: id, accountId, laneId }));
              await tx.outcome.createMany({ data });
            }
          }
        },
        { timeout: 120_000 },
      ),
    );
}

/** The floor: COPY of the same rows into the same tables, from text that was made beforehand. */
export async function openCopyWay(closers: Closers, databaseUrl: string): Promise<WriteRequest> {
  const { lanes } = await openRecord(closers, databaseUrl);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  closers.add('COPY', () => client.end());
  let targetId = 0;

  const copy = (table: string, columns: string, text: Buffer): Promise<void> =>
    pipeline(Readable.from([text]), client.query(copyFrom(`COPY ${table} (${columns}) FROM STDIN`)) as Writable);

  return async (request) => {
    const { id, accounts, targets } = request;
    const total = accounts.length;
    const placed = targets.map((target) => ({ ...target, id: (targetId += 1), laneId: lanes.idOf(target) }));
    const texts = {
      request: lines([
        [id, request.operation, request.administrator, request.caller.id, request.caller.kind, request.inputHash, targets.length, targets.length * total],
      ]),
      accounts: lines(accounts.map((account) => [id, account.accountId, account.email ?? '\\N'])),
      targets: lines(placed.map((target) => [target.id, id, target.laneId, target.batchKey, 'f', total, total])),
      outcomes: lines(placed.flatMap((target) => accounts.map(({ accountId }) => [target.id, accountId, target.laneId]))),
    };
    return timed(async () => {
      await client.query('BEGIN');
      await copy('request', 'id, operation, administrator, caller_id, caller_kind, input_hash, open_targets, total', texts.request);
      await copy('request_account', 'request_id, account_id, email', texts.accounts);
      await copy('target', 'id, request_id, lane_id, batch_key, detector_pinned, total, pending', texts.targets);
      await copy('outcome', 'target_id, account_id, lane_id', texts.outcomes);
      await client.query('COMMIT');
    });
  };
}

/** An empty record with its lanes, and the client to it. */
async function openRecord(
  closers: Closers,
  databaseUrl: string,
): Promise<{ prisma: ReturnType<typeof openDatabase>['prisma']; lanes: Lanes }> {
  await migrate({ databaseUrl, migrationsDir: path.join(ROOT, 'prisma/migrations'), log: createLog('warn') });
  const database = openDatabase(databaseUrl);
  closers.add('database', () => database.close());
  return { prisma: database.prisma, lanes: await openLanes(database.prisma, [ADMINISTRATOR]) };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

function lines(rows: readonly (readonly (string | number)[])[]): Buffer {
  return Buffer.from(rows.map((row) => `${row.join('\t')}\n`).join(''));
}

function chunked<Item>(items: readonly Item[], size: number): Item[][] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}
