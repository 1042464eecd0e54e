import type { Lane, LaneRecord, Tenure } from '../ports/laneRecord.js';
import type { LaneDependencies } from './laneDependencies.js';
import { createLaneWork } from './laneWork.js';

/** How long a worker stays with an empty lane, in milliseconds: the next account then need not wait for a job. */
const LINGER_MS = 60_000;

/** Longest tenure, in milliseconds; then the lane is handed over, well before its job would expire. */
const TENURE_MS = 3_600_000;

/** Pause after the database failed, in milliseconds. Answers that have arrived are kept and settled afterwards. */
const DATABASE_PAUSE_MS = 1_000;

/** `EMPTY`: nothing is left. `WORK_WAITS`: another worker is to go on. `LOST`: another worker has the lane already. */
export type DrainEnd = 'EMPTY' | 'WORK_WAITS' | 'LOST';

/** When to leave a lane that is not empty. */
export interface DrainSignals {
  /** The process is about to end: what is in flight is settled, nothing new is sent. */
  readonly stop: AbortSignal;
  /** The lane's job is another worker's: send nothing more; what is in flight is for the successor to find out. */
  readonly lost: AbortSignal;
}

/**
 * Works one lane: takes it, settles what an earlier holder left open, sends whatever waits, and stays until nothing
 * has come for a while.
 *
 * This one loop makes every database statement of the lane, one after the other: claims and settlements never meet,
 * and answers that arrive during one statement are settled together by the next.
 */
export async function drainLane(
  lane: Lane,
  tools: LaneDependencies,
  { stop, lost }: DrainSignals,
): Promise<DrainEnd> {
  const { record, wakeSignal, log } = tools;
  const tenure = await record.acquire(lane);
  const work = createLaneWork(tenure, tools);
  const handOverAt = Date.now() + TENURE_MS;
  let emptySince: number | null = null;

  while (!lost.aborted) {
    try {
      if ((await work.settleArrived()) === 'LOST') {
        break;
      }
      const leaving = stop.aborted || Date.now() > handOverAt;
      if (leaving && work.open() === 0) {
        return await handOver(tenure, record);
      }
      const step = leaving ? { sleep: null, empty: false } : await work.startNext();
      if (step === 'LOST') {
        break;
      }
      if (step === 'STARTED') {
        emptySince = null;
        continue;
      }
      if (!step.empty) {
        await wakeSignal.sleep(step.sleep);
        continue;
      }
      emptySince ??= Date.now();
      const linger = emptySince + LINGER_MS - Date.now();
      if (linger > 0) {
        await wakeSignal.sleep(linger);
      } else if ((await record.release(tenure)) !== 'WORK_WAITS') {
        return 'EMPTY';
      }
    } catch (error) {
      log.error({ err: error, lane }, 'lane paused: the database failed');
      await wakeSignal.sleep(DATABASE_PAUSE_MS);
    }
  }
  await work.keepLate().catch((error: unknown) => {
    log.error({ err: error, lane }, 'answers that came after the lane was lost were not kept');
  });
  return 'LOST';
}

async function handOver(tenure: Tenure, record: LaneRecord): Promise<DrainEnd> {
  return (await record.release(tenure)) === 'WORK_WAITS' ? 'WORK_WAITS' : 'EMPTY';
}
