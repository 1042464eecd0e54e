import { v7 as uuidv7 } from 'uuid';
import { LOCAL_CALLER, type Administrator, type TargetAddress } from '../../src/membership.js';
import type { NewRequest, RequestStore } from '../../src/ports/requests.js';
import type {
  ClaimedCall,
  ClaimLimits,
  Lane,
  LaneRecord,
  Tenure,
  Verdict,
} from '../../src/ports/laneRecord.js';
import type { Lanes } from '../../src/store/lanes/lanes.js';
import type { EnqueueLanes, OwnLanes } from '../../src/store/requests/insertRequest.js';

/** One administrator with one lane per service and region: four. */
export const ADMINISTRATOR: Administrator = {
  id: 'security',
  accountId: '111122223333',
  roleArn: null,
  externalId: null,
  profile: null,
  services: ['GUARDDUTY', 'SECURITY_HUB'],
  regions: ['eu-west-1', 'us-east-1'],
  detectorIds: {},
};

/** The address of one of these lanes. */
export const HUB = { administrator: ADMINISTRATOR.id, service: 'SECURITY_HUB', region: 'eu-west-1' } as const;

export const PROCESSED: Verdict = {
  status: 'PROCESSED',
  reasonCode: null,
  reason: null,
  retry: false,
  processedIfInDoubt: false,
};

/** The account with this number. */
export function accountId(number: number): string {
  return String(number).padStart(12, '0');
}

/** A request to create these accounts at HUB; `changes` replace parts of it. */
export function newRequest(numbers: readonly number[], changes: Partial<NewRequest> = {}): NewRequest {
  return {
    id: uuidv7(),
    caller: LOCAL_CALLER,
    operation: 'CREATE_MEMBERS',
    administrator: ADMINISTRATOR.id,
    note: null,
    idempotencyKey: null,
    inputHash: 'hash',
    message: null,
    disableEmailNotification: null,
    accounts: numbers.map((number) => ({ accountId: accountId(number), email: `a${number}@example.com` })),
    targets: [{ ...HUB, batchKey: 'CREATE_MEMBERS', detectorId: null }],
    ...changes,
  };
}

/** The lane with this address. */
export function laneOf(lanes: Lanes, address: TargetAddress = HUB): Lane {
  const lane = lanes.byId(lanes.idOf(address));
  if (lane === undefined) {
    throw new Error('the lane had no row when the lanes were read');
  }
  return lane;
}

/** A store without a database: reports every request as inserted. */
export const insertingStore: RequestStore = {
  findByKey: async () => null,
  insert: async ({ id, inputHash }) => ({ requestId: id, inputHash }),
  insertRemoval: async ({ id, inputHash }) => ({ requestId: id, inputHash }),
};

/** The replica that holds the lanes. */
export const REPLICA = '00000000-0000-4000-8000-000000000001';

/** The lanes of this replica, whose workers are not there. */
export function ownLanes(enqueue: EnqueueLanes = () => Promise.resolve()): OwnLanes {
  return { replica: REPLICA, enqueue, wake: () => undefined };
}

/** A rate that no test reaches. */
const NO_LIMIT = { perSecond: 1_000_000, burst: 1_000_000 };

/** The limits of a claim that takes one call of anything that waits. */
export const ANY_CALL: ClaimLimits = {
  mostCalls: 1,
  rate: NO_LIMIT,
  detectorId: null,
  busyBatchKeys: [],
  fullOnly: false,
};

/** Claims the lane's next call alone; null when nothing may leave. */
export async function claimOne(
  record: LaneRecord,
  tenure: Tenure,
  limits: Omit<ClaimLimits, 'mostCalls'>,
): Promise<ClaimedCall | null> {
  const [call = null] = await record.claim(tenure, { ...limits, mostCalls: 1 });
  return call;
}
