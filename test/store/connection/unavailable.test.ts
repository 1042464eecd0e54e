import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/config/databaseAddress.js';
import { createCancelStore } from '../../../src/store/requests/cancelStore.js';
import { openDatabase, type Database } from '../../../src/store/connection/client.js';
import { openLanes } from '../../../src/store/lanes/lanes.js';
import { createRequestStore } from '../../../src/store/requests/requestStore.js';
import { isUnreachable } from '../../../src/store/connection/unavailable.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { ADMINISTRATOR, newRequest, ownLanes, REPLICA } from '../recordFixture.js';

describe('an error of the database', () => {
  it.each([
    [Object.assign(new Error('x'), { code: 'P1001' }), true],
    [Object.assign(new Error('x'), { code: 'P2028' }), true],
    [new Error('Raw query failed. Code: `57P01`. Message: `terminating connection`'), true],
    // As pg says it, without Prisma.
    [Object.assign(new Error('too many clients'), { code: '53300' }), true],
    [Object.assign(new Error('relation does not exist'), { code: '42P01' }), false],
    [new Error('Query read timeout'), true],
    // What Prisma's adapter says when a transaction ends on a connection that is gone.
    [new Error('ConnectionClosed'), true],
    [new Error('Client has encountered a connection error and is not queryable'), true],
    [new Error('connect ECONNREFUSED 127.0.0.1:5432'), true],
    [Object.assign(new Error('Raw query failed. Code: `23505`.'), { code: 'P2010' }), false],
    [new Error('syntax error at or near "SELECT"'), false],
    ['ECONNREFUSED', false],
  ])('%s: unreachable is %s', (error, unreachable) => {
    expect(isUnreachable(error)).toBe(unreachable);
  });

  it('is UNAVAILABLE for reads and for requests when no server listens, and the error says what to do', async () => {
    const nowhere = openDatabase(addressOf('postgresql://gateway:secret@127.0.0.1:1/nothing'));
    const read = nowhere.prisma.$queryRaw`SELECT 1`;
    await expect(read).rejects.toMatchObject({ name: 'GatewayError', code: 'UNAVAILABLE' });
    const store = createRequestStore(nowhere.prisma, () => 1, ownLanes());
    const error: unknown = await store.insert(newRequest([1])).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect((error as Error).message).toContain('repeat it with the same idempotencyKey');
    const canceled = createCancelStore(nowhere.prisma).cancel(newRequest([1]).id);
    await expect(canceled).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await nowhere.close();
  });
});

describe('a request whose commit is not answered', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = openDatabase(addressOf(testDatabase.url));
  });
  afterAll(async () => {
    await database.close();
    await testDatabase.drop();
  });

  const lost = new Error('Connection terminated unexpectedly');
  /** A client whose connection breaks right after the commit of this operation, or right before it. */
  const breaking = (operation: '$transaction' | '$rows', after: boolean) =>
    new Proxy(database.prisma, {
      get(target, name) {
        const real = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        if (name !== operation) {
          return real;
        }
        return async (...args: unknown[]) => {
          if (after) {
            await real.apply(target, args);
          }
          throw lost;
        };
      },
    });

  it.each([
    ['$transaction', 'in a transaction, while a lane has no holder'],
    ['$rows', 'in one statement, while every lane has one'],
  ] as const)(
    'is accepted by %s (%s) when it is in the record, and refused when it is not',
    async (operation, _where) => {
      const lanes = await openLanes(database.prisma, [ADMINISTRATOR]);
      await database.prisma.lane.updateMany({
        data: { holder: operation === '$rows' ? REPLICA : null, replica: REPLICA },
      });
      const before = await database.prisma.request.count();
      const accept = (after: boolean, request = newRequest([1])) =>
        createRequestStore(breaking(operation, after), lanes.idOf, ownLanes()).insert(request);
      const request = newRequest([1]);
      await expect(accept(true, request)).resolves.toEqual({ requestId: request.id, inputHash: 'hash' });
      await expect(accept(false)).rejects.toMatchObject({ code: 'UNAVAILABLE', cause: lost });
      expect(await database.prisma.request.count()).toBe(before + 1);
    },
  );
});
