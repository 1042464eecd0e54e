import { randomUUID } from 'node:crypto';
import type { LaneDependencies } from '../lanes/laneDependencies.js';
import { createLaneDetector } from '../lanes/laneDetector.js';
import { createLaneWorkers, type LaneWorkers } from '../lanes/laneWorkers.js';
import { fullPace } from '../lanes/pace.js';
import type { Lane, LaneRecord } from '../ports/laneRecord.js';
import type { RequestEvents } from '../ports/requests.js';
import { connectReplica, type ReplicaConnection } from '../store/connection/replicaConnection.js';
import { createLaneRecord } from '../store/lanes/laneRecord.js';
import { lanesWithWork } from '../store/lanes/lanes.js';
import { createRequestEvents } from '../store/requests/requestEvents.js';
import type { GatewayCore } from './core.js';

/** The workers of the lanes, and the wake-ups that other replicas send. */
export interface LaneWork {
  /** The name of this process in the lanes that it holds. */
  readonly replica: string;
  readonly workers: LaneWorkers;
  readonly requestEvents: RequestEvents;
}

/** Prepares the workers of the lanes, and begins to listen for wake-ups. The workers start later. */
export async function prepareLaneWork(core: GatewayCore): Promise<LaneWork> {
  const { database, lanes } = core;
  const { log, closers } = core.process;
  const replica = randomUUID();
  const requestEvents = createRequestEvents(database.prisma);
  const plainRecord = createLaneRecord(database.lanePrisma, replica, requestEvents.requestFinished);
  const record = core.tracing?.laneRecord(plainRecord) ?? plainRecord;
  let connection: ReplicaConnection | null = null;
  // Closes after the workers have handed their lanes over: without the connection, other replicas take those lanes over.
  closers.add('listening connection', () => connection?.close());
  const workers = await createLaneWorkers({
    boss: core.jobQueues.boss,
    lanes: lanes.all,
    dependenciesFor: (lane, wakeSignal) => ({
      ...dependenciesOf(core, record, lane),
      wakeSignal,
      isSeen: () => connection?.isSeen() === true,
    }),
    lanesWithWork: () => lanesWithWork(database.prisma),
    alone: core.isAlone,
    log,
  });
  closers.add('lanes', () => workers.stop());
  connection = await connectReplica(
    core.addresses.direct,
    replica,
    {
      laneWake: workers.wake,
      abandonedLanesChecked: workers.takeOver,
      requestFinished: requestEvents.requestFinished,
      serverReplaced: database.dropConnections,
      listening() {
        workers.wake(lanes.all.map(({ id }) => id));
        requestEvents.checkAll().catch((error: unknown) => {
          log.warn({ err: error }, 'cannot check the requests that callers wait for');
        });
      },
    },
    log,
  );
  return { replica, workers, requestEvents };
}

function dependenciesOf(
  core: GatewayCore,
  record: LaneRecord,
  lane: Lane,
): Omit<LaneDependencies, 'wakeSignal' | 'isSeen'> {
  const { config, upstream, detectors, process } = core;
  const rate = core.leavingRates[lane.service];
  return {
    record,
    upstream,
    rate,
    pace: { current: fullPace(rate) },
    detector: lane.service === 'GUARDDUTY' ? createLaneDetector(upstream, lane, detectors) : null,
    callsInFlight: config.callsInFlightPerLane,
    retryDelays: core.intervals.retryDelays,
    invitationLandsWithinMs: config.invitationLandsWithinMs,
    log: process.log,
  };
}
