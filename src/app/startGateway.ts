import { randomUUID } from 'node:crypto';
import { createAccess } from './access.js';
import { configuredAdministrators } from './administrators.js';
import type { Closers } from '../closers.js';
import type { Config } from '../config/loadConfig.js';
import { createHttpServer } from '../http/server.js';
import { createInventoryParts } from './inventory.js';
import { createLaneDetector } from '../lanes/laneDetector.js';
import type { WakeSignal } from '../lanes/wakeSignal.js';
import type { LaneDependencies } from '../lanes/laneDependencies.js';
import { createPacer } from '../lanes/pacer.js';
import { createLaneWorkers } from '../lanes/laneWorkers.js';
import type { Log } from '../log.js';
import type { Administrator } from '../membership.js';
import { createMetrics } from '../metrics/metrics.js';
import { countAccepted, countRequests } from '../metrics/observe.js';
import { createContextOf } from './operationContext.js';
import { startOwnParts, type Installation } from '../local/startLocalServices.js';
import type { Lane } from '../ports/laneRecord.js';
import { createCancelRequest } from '../services/requests/cancelRequest.js';
import { grantedAdministrators } from '../services/input/checkTargets.js';
import { createCreateMembers } from '../services/requests/createMembers.js';
import { createDetectors } from '../services/members/detectors.js';
import { createExportOutcomes } from '../services/history/exportOutcomes.js';
import { startFollowUps } from '../services/members/followUps.js';
import { startHousekeeping } from '../services/upkeep/housekeeping.js';
import { createInviteMembers } from '../services/requests/inviteMembers.js';
import { createLiveReads } from './memberReading.js';
import { leavingRate } from '../lanes/leavingRate.js';
import { createRecordAndWait } from '../services/requests/waitForRequest.js';
import { createRemovals } from '../services/requests/removeMembers.js';
import { createRequestIntake } from '../services/requests/recordRequest.js';
import { createRetention } from '../services/upkeep/retention.js';
import { createRetryRequest } from '../services/requests/retryRequest.js';
import { createRequestProgress } from '../services/requests/requestProgress.js';
import { isThrottled, THROTTLING_ERRORS } from '../services/answers/refusals.js';
import type { Services } from '../services/requests/mutations.js';
import { createCancelStore } from '../store/requests/cancelStore.js';
import { openDatabase, type Database } from '../store/connection/client.js';
import { createConfirmationStore, forgetConfirmations } from '../store/requests/confirmations.js';
import { createExports } from '../store/history/exports.js';
import { createFollowUpStore } from '../store/members/followUps.js';
import { createGauges } from '../store/upkeep/gauges.js';
import { createHistoryStore } from '../store/history/history.js';
import { createInventoryReads } from '../store/inventory/inventoryReads.js';
import { releaseIdempotencyKeys } from '../store/requests/idempotencyKeys.js';
import { createMemberCache } from '../store/members/memberCache.js';
import { createLaneRecord } from '../store/lanes/laneRecord.js';
import { createLaneStates } from '../store/lanes/laneStates.js';
import { freeLanes, lanesWithWork, openLanes } from '../store/lanes/lanes.js';
import { migrate } from '../store/connection/migrator.js';
import { createReadQuota } from '../store/lanes/readQuota.js';
import { connectReplica, type ReplicaConnection } from '../store/connection/replicaConnection.js';
import { createRequestEvents } from '../store/requests/requestEvents.js';
import { createOriginStore } from '../store/requests/requestOrigin.js';
import { createProgressStore } from '../store/requests/requestProgress.js';
import { createRequestStore } from '../store/requests/requestStore.js';
import { createRetentionStore } from '../store/upkeep/retention.js';
import { createRetryStore } from '../store/requests/retryStore.js';
import type { KeyPair } from '../upstream/credentials.js';
import { createUpstream, type EndedExchange } from '../upstream/upstream.js';

/** A running gateway. */
export interface Gateway {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  readonly administrators: readonly Administrator[];
  /** The sandbox's base URL; null when calls go to AWS. */
  readonly sandboxUrl: string | null;
  /** Its record; tests count the statements. */
  readonly database: Database;
}

/** Any key is good for the sandbox whose name says which account it belongs to. */
const SANDBOX_CREDENTIALS: KeyPair = {
  accessKeyId: 'AKIASANDBOX111122223333',
  secretAccessKey: 'sandbox-secret',
};

/**
 * Puts the gateway together and starts it. The only place that knows all parts.
 *
 * @param closers gets everything that was opened, in order; on failure too.
 * @param fatal called when a part the gateway cannot do without ends by itself.
 */
export async function startGateway(
  config: Config,
  installation: Installation,
  { log, closers, fatal }: { log: Log; closers: Closers; fatal: (reason: string) => void },
): Promise<Gateway> {
  const own = await startOwnParts(config, installation, { log, closers, fatal });
  const endpoint = config.endpoint ?? own.sandboxUrl;
  const credentials = config.upstream === 'sandbox' ? SANDBOX_CREDENTIALS : null;
  await migrate({ databaseUrl: own.databaseUrl, migrationsDir: installation.migrationsDir, log });

  const database = openDatabase(own.databaseUrl);
  closers.add('database', () => database.close());
  const { prisma } = database;
  const administrators = await configuredAdministrators(config, endpoint, credentials);
  const lanes = await openLanes(prisma, administrators);
  // The embedded database is this process's only: whoever held a lane in it has ended.
  const alone = config.databaseUrl === null;
  if (alone) {
    await freeLanes(prisma);
  }
  const leavingRates = {
    GUARDDUTY: leavingRate(config.rates.GUARDDUTY),
    SECURITY_HUB: leavingRate(config.rates.SECURITY_HUB),
  };
  const metrics = createMetrics(createGauges(prisma, database.pool), leavingRates);
  const onExchange = ({ answer, ...exchange }: EndedExchange): void => {
    metrics.exchanged({ ...exchange, kind: answer.kind, throttled: isThrottled(answer) });
  };
  const upstream = createUpstream({ administrators, endpoint, credentials, log, onExchange });
  closers.add('connections to AWS', () => {
    upstream.close();
  });

  const replica = randomUUID();
  const record = createLaneRecord(prisma, replica);
  const detectors = createDetectors(administrators);
  const dependenciesFor = (lane: Lane, wakeSignal: WakeSignal): LaneDependencies => {
    const rate = leavingRates[lane.service];
    const pacer = createPacer(rate);
    const detector = lane.service === 'GUARDDUTY' ? createLaneDetector(upstream, lane, detectors) : null;
    const { callsInFlightPerLane: callsInFlight, invitationLandsWithinMs } = config;
    return {
      record,
      upstream,
      rate,
      pacer,
      detector,
      wakeSignal,
      callsInFlight,
      invitationLandsWithinMs,
      log,
    };
  };
  let connection: ReplicaConnection | null = null;
  // Closed after the lanes are handed over: without it, other replicas would take them for left.
  closers.add('listening connection', () => connection?.close());
  const workers = await createLaneWorkers({
    databaseUrl: own.databaseUrl,
    lanes: lanes.all,
    dependenciesFor,
    lanesWithWork: () => lanesWithWork(prisma),
    alone,
    log,
  });
  closers.add('lanes', () => workers.stop());

  const events = createRequestEvents(prisma);
  connection = await connectReplica(
    own.databaseUrl,
    replica,
    {
      laneWake: workers.wake,
      abandonedLanesChecked: workers.takeOver,
      requestFinished: events.requestFinished,
      listening() {
        workers.wake(lanes.all.map(({ id }) => id));
        events.checkAll().catch((error: unknown) => {
          log.warn({ err: error }, 'waiting requests not looked up');
        });
      },
    },
    log,
  );

  const runRetention = createRetention(createRetentionStore(prisma), config.retention, () => new Date());
  const housekeeping = startHousekeeping(
    {
      'removal confirmations': () => forgetConfirmations(prisma),
      'idempotency keys': () => releaseIdempotencyKeys(prisma, config.idempotencyHours),
      retention: () => runRetention(log),
    },
    log,
  );
  closers.add('housekeeping', () => housekeeping.stop());

  const stopping = new AbortController();
  const recordAndWait = createRecordAndWait(events, stopping.signal);
  const store = countRequests(createRequestStore(prisma, lanes.idOf, workers.enqueue), metrics);
  const retries = countAccepted(createRetryStore(prisma, workers.enqueue), metrics);
  const historyStore = createHistoryStore(prisma);
  const intake = createRequestIntake(store, recordAndWait);
  const { rates } = config;
  const laneIdOf = lanes.idOf;
  const kept = createMemberCache(prisma, laneIdOf);
  const inventoryReads = createInventoryReads(prisma, laneIdOf);
  const live = createLiveReads({
    administrators,
    upstream,
    detectors,
    quota: createReadQuota(prisma, laneIdOf, leavingRates),
    states: createLaneStates(prisma, { laneIdOf, rates, throttlingErrors: THROTTLING_ERRORS }),
    rates,
    removalSharePercent: config.removalSharePercent,
    maxAccounts: config.maxAccountsPerRequest,
    kept,
    inventory: inventoryReads,
    cancellable: database.cancellable,
    stopping: stopping.signal,
  });
  const followUps = startFollowUps({
    store: createFollowUpStore(prisma, config.followUpWaits),
    ...{ reads: live.reads, lanes: lanes.all, waits: config.followUpWaits, log },
  });
  closers.add('follow-ups', () => followUps.stop());
  const inventory = await createInventoryParts(
    {
      ...{ config, databaseUrl: own.databaseUrl, alone, database, administrators, laneIdOf, kept },
      ...{
        reads: inventoryReads,
        targets: lanes.all,
        listNow: live.listAllMembers,
        stopping: stopping.signal,
      },
    },
    { log, closers },
  );
  const mutations = { administrators, maxAccounts: config.maxAccountsPerRequest, intake, plan: live.plan };
  const confirmations = createConfirmationStore(prisma);
  const services: Services = {
    createMembers: createCreateMembers(mutations),
    inviteMembers: createInviteMembers(mutations),
    ...createRemovals({ ...mutations, plan: live.planRemoval, confirmations }),
    retryRequest: createRetryRequest({ administrators, retries, recordAndWait }),
    cancelRequest: createCancelRequest(historyStore, createCancelStore(prisma)),
    administrators: (caller) => grantedAdministrators(administrators, caller),
  };
  const access = createAccess(config, { databaseUrl: own.databaseUrl, database }, administrators, {
    log,
    closers,
    metrics,
  });
  const progress = createRequestProgress(createProgressStore(prisma), events, stopping.signal, (error) => {
    log.warn({ err: error }, 'progress not looked up');
  });
  const exports = createExports(own.databaseUrl, log);
  closers.add('exports', () => exports.close());
  const server = await createHttpServer({
    contextOf: createContextOf({
      timeoutSeconds: config.access.limits.timeoutSeconds,
      cancellable: database.cancellable,
      ...{ services, history: historyStore, origins: createOriginStore(prisma), live, inventory, progress },
      ...access,
    }),
    ...access,
    settings: config.access,
    readiness: {
      notReady: async () => {
        if (stopping.signal.aborted) {
          return 'stopping';
        }
        return prisma.$queryRaw`SELECT 1`.then(
          () => null,
          () => 'the database does not answer',
        );
      },
    },
    exportOutcomes: createExportOutcomes(exports),
    metrics,
    stopping: stopping.signal,
    explorerDir: installation.explorerDir,
    log,
  });
  await workers.start();
  await inventory.start();
  const url = await server.listen(config.host, config.port);
  closers.add('http', () => server.close());
  closers.add('waits', () => {
    stopping.abort();
  });
  await own.announce(url);
  return { url, administrators, sandboxUrl: own.sandboxUrl, database };
}
