import { afterAll, beforeAll } from 'vitest';
import { addressOf } from '../../src/config/databaseAddress.js';
import { openDatabase, type Database, type GatewayPrisma } from '../../src/store/connection/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** Longest fill of a record: 40 times as long as 200,000 outcomes take on an idle machine. */
const FILL_TIMEOUT_MS = 120_000;

/** The database of one test file, opened like the gateway's. It exists from the first test to the last. */
export interface TestRecord {
  readonly url: string;
  readonly database: Database;
  readonly prisma: GatewayPrisma;
}

/** Creates the database before the tests of the file and drops it after them; `fill` writes its record. */
export function useTestRecord(fill?: (prisma: GatewayPrisma) => Promise<void>): TestRecord {
  let made: { testDatabase: TestDatabase; database: Database } | undefined;
  const opened = () => {
    if (made === undefined) {
      throw new Error('the record exists in tests and hooks only');
    }
    return made;
  };
  beforeAll(async () => {
    const testDatabase = await createTestDatabase();
    made = { testDatabase, database: openDatabase(addressOf(testDatabase.url)) };
    await fill?.(made.database.prisma);
  }, FILL_TIMEOUT_MS);
  afterAll(async () => {
    await made?.database.close();
    await made?.testDatabase.drop();
  });
  return {
    get url() {
      return opened().testDatabase.url;
    },
    get database() {
      return opened().database;
    },
    get prisma() {
      return opened().database.prisma;
    },
  };
}
