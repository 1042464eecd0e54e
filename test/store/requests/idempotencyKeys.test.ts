import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { openDatabase, type Database } from '../../../src/store/connection/client.js';
import { releaseIdempotencyKeys } from '../../../src/store/requests/idempotencyKeys.js';
import { openLanes } from '../../../src/store/lanes/lanes.js';
import { createRequestStore } from '../../../src/store/requests/requestStore.js';
import type { RequestStore } from '../../../src/ports/requests.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ADMINISTRATOR, newRequest, ownLanes } from '../recordFixture.js';

let testDatabase: TestDatabase;
let database: Database;
let store: RequestStore;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(addressOf(testDatabase.url));
  const lanes = await openLanes(database.prisma, [ADMINISTRATOR]);
  store = createRequestStore(database.prisma, lanes.idOf, ownLanes());
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const age = (id: string, hours: number) =>
  database.prisma
    .$executeRaw`UPDATE request SET created_at = now() - make_interval(hours => ${hours}::int) WHERE id = ${id}::uuid`;

it('finds a request by its key until the key is released, and then makes another, which is found from then on', async () => {
  const [first, second, third] = [1, 2, 3].map((account) => newRequest([account], { idempotencyKey: 'k' }));
  if (first === undefined || second === undefined || third === undefined) {
    expect.unreachable();
  }
  await store.insert(first);
  await age(first.id, 23);
  await releaseIdempotencyKeys(database.prisma, 24);
  expect(await store.insert(second)).toMatchObject({ requestId: first.id });

  await age(first.id, 25);
  await releaseIdempotencyKeys(database.prisma, 24);
  expect(await store.insert(second)).toMatchObject({ requestId: second.id });
  expect(await store.insert(third)).toMatchObject({ requestId: second.id });
});

it('keeps the key of a request on record after it was released', async () => {
  const request = newRequest([1], { idempotencyKey: 'kept' });
  await store.insert(request);
  await age(request.id, 1_000);
  await releaseIdempotencyKeys(database.prisma, 24);
  expect(await database.prisma.request.findUnique({ where: { id: request.id } })).toMatchObject({
    idempotencyKey: 'kept',
    holdsKey: false,
  });
});
