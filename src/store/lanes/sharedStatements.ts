import DataLoader from 'dataloader';
import type { LaneRecord } from '../../ports/laneRecord.js';
import type { GatewayPrisma } from '../connection/client.js';
import { isBadData } from '../connection/unavailable.js';
import { claimCalls, type LaneClaim } from './claimCalls.js';
import type { OnLocked } from './lockedLanes.js';
import { settleCalls, type LaneSettlement } from './settleCalls.js';

/**
 * Most lanes that share a statement. What a statement costs before it touches a row is shared by four; and an account in one of
 * these lanes waits for the full calls of three others, not of all.
 */
const LANES_PER_STATEMENT = 4;

/**
 * Claims and settlements in statements that lanes share. A lane whose row is locked is passed over, and waits in a statement of its
 * own; so does each lane when PostgreSQL refuses a value of one of them.
 *
 * @param requestFinished told of the requests that a settlement has finished.
 */
export function createSharedStatements(
  prisma: GatewayPrisma,
  requestFinished: (requestId: string) => void,
): Pick<LaneRecord, 'claim' | 'settle'> {
  const claimFor = async (lanes: readonly LaneClaim[], onLocked: OnLocked) => {
    const claimed = await claimCalls(prisma, lanes, onLocked);
    return lanes.map(({ tenure }) => claimed.get(tenure.holder) ?? null);
  };
  const settleFor = async (lanes: readonly LaneSettlement[], onLocked: OnLocked) => {
    const { holders, finished } = await settleCalls(prisma, lanes, onLocked);
    finished.forEach(requestFinished);
    return lanes.map(({ tenure }) => holders.has(tenure.holder));
  };
  const claimTogether = shareStatements((lanes: readonly LaneClaim[]) =>
    claimFor(lanes, 'PASS').catch(onBadData(lanes.map(() => null))),
  );
  const settleTogether = shareStatements((lanes: readonly LaneSettlement[]) =>
    settleFor(lanes, 'PASS').catch(onBadData(lanes.map(() => false))),
  );
  return {
    async claim(tenure, limits) {
      const lane = { tenure, limits };
      return (await claimTogether(lane)) ?? (await claimFor([lane], 'WAIT'))[0] ?? [];
    },
    async settle(tenure, settlements, delays) {
      const lane = { tenure, settlements, delays };
      if (await settleTogether(lane)) {
        return 'SETTLED';
      }
      try {
        const [isSettled] = await settleFor([lane], 'WAIT');
        return isSettled === true ? 'SETTLED' : 'LOST';
      } catch (error) {
        return onBadData('REJECTED' as const)(error);
      }
    },
  };
}

/**
 * Runs `run` for one lane after the other, and together for those that come while an earlier run is under way, or in the same
 * iteration of the event loop.
 *
 * @param run gives a result for each item.
 */
function shareStatements<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let isRunning = false;
  const runNext = (): void => {
    const next = isRunning ? undefined : waiting.shift();
    if (next !== undefined) {
      isRunning = true;
      next();
    }
  };
  const loader = new DataLoader<Item, Result>(
    async (items) => {
      try {
        return await run(items);
      } finally {
        isRunning = false;
        runNext();
      }
    },
    {
      cache: false,
      maxBatchSize: LANES_PER_STATEMENT,
      batchScheduleFn(dispatch) {
        waiting.push(dispatch);
        setImmediate(runNext);
      },
    },
  );
  return (item) => loader.load(item);
}

/** Gives `instead` for a statement that PostgreSQL refuses for a value, and throws every other error. */
function onBadData<Result>(instead: Result): (error: unknown) => Result {
  return (error) => {
    if (!isBadData(error)) {
      throw error;
    }
    return instead;
  };
}
