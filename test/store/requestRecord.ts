import { beforeAll } from 'vitest';
import type { LaneRecord } from '../../src/ports/laneRecord.js';
import type { RequestStore } from '../../src/ports/requests.js';
import { createLaneRecord } from '../../src/store/lanes/laneRecord.js';
import { openLanes, type Lanes } from '../../src/store/lanes/lanes.js';
import { createRequestStore } from '../../src/store/requests/requestStore.js';
import { ADMINISTRATOR, REPLICA, ownLanes } from './recordFixture.js';
import { useTestRecord, type TestRecord } from './testRecord.js';

/** A database with the lanes of ADMINISTRATOR, and the stores that write requests and calls. */
export interface RequestRecord extends TestRecord {
  readonly lanes: Lanes;
  readonly store: RequestStore;
  readonly record: LaneRecord;
}

/** Makes the database before the tests of the file, and removes it after them. */
export function useRequestRecord(): RequestRecord {
  const testRecord = useTestRecord();
  let opened: Pick<RequestRecord, 'lanes' | 'store' | 'record'> | undefined;
  beforeAll(async () => {
    const { prisma } = testRecord;
    const lanes = await openLanes(prisma, [ADMINISTRATOR]);
    opened = {
      lanes,
      store: createRequestStore(prisma, lanes.idOf, ownLanes()),
      record: createLaneRecord(testRecord.database.lanePrisma, REPLICA),
    };
  });
  const stores = () => {
    if (opened === undefined) {
      throw new Error('the stores are open in tests and hooks only');
    }
    return opened;
  };
  return {
    get url() {
      return testRecord.url;
    },
    get database() {
      return testRecord.database;
    },
    get prisma() {
      return testRecord.prisma;
    },
    get lanes() {
      return stores().lanes;
    },
    get store() {
      return stores().store;
    },
    get record() {
      return stores().record;
    },
  };
}
