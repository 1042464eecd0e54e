import path from 'node:path';
import { addressOf } from '../../src/config/databaseAddress.js';
import type { Closers } from '../../src/closers.js';
import { createLog } from '../../src/log.js';
import { LOCAL_CALLER, type Administrator } from '../../src/membership.js';
import type { NewRequest } from '../../src/ports/requests.js';
import { openDatabase, type Database } from '../../src/store/connection/client.js';
import { openLanes, type Lanes } from '../../src/store/lanes/lanes.js';
import { migrate } from '../../src/store/connection/migrator.js';
import { ROOT } from './report.js';

/** A way to write a request with all that it is made of, in one transaction. Resolves with the milliseconds it took. */
export type WriteRequest = (request: NewRequest) => Promise<number>;

/** Both services in two regions: what a gateway that was told nothing else administers. */
const ADMINISTRATOR: Administrator = {
  id: 'default',
  accountId: '111122223333',
  roleArn: null,
  externalId: null,
  profile: null,
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

/** An empty record with its lanes, and the client to it. */
export async function openRecord(
  closers: Closers,
  databaseUrl: string,
): Promise<{ prisma: Database['prisma']; lanes: Lanes }> {
  await migrate({
    address: addressOf(databaseUrl),
    migrationsDir: path.join(ROOT, 'prisma/migrations'),
    log: createLog('warn'),
  });
  const database = openDatabase(addressOf(databaseUrl));
  closers.add('database', () => database.close());
  return { prisma: database.prisma, lanes: await openLanes(database.prisma, [ADMINISTRATOR]) };
}

/** Milliseconds until it is done. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}
