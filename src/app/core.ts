import type { Config } from '../config/loadConfig.js';
import type { JobQueues } from '../lanes/jobQueues.js';
import { leavingRate } from '../lanes/leavingRate.js';
import type { Administrator, SecurityService } from '../membership.js';
import { createMetrics } from '../metrics/metrics.js';
import type { DatabaseAddresses } from '../ports/databaseAddress.js';
import type { Rate } from '../ports/laneRecord.js';
import type { Metrics } from '../ports/metrics.js';
import type { Upstream } from '../ports/upstream.js';
import { createDetectors, type Detectors } from '../services/members/detectors.js';
import type { Database } from '../store/connection/client.js';
import { freeLanes, openLanes, type Lanes } from '../store/lanes/lanes.js';
import { createRequestTraces } from '../store/requests/requestTraces.js';
import { createGauges } from '../store/upkeep/gauges.js';
import type { Tracing } from '../tracing/tracing.js';
import { configuredAdministrators } from './administrators.js';
import { openMigratedDatabase, openMigratedJobQueues } from './database.js';
import type { GatewayProcess } from './gatewayProcess.js';
import type { Intervals } from './intervals.js';
import { openUpstream, upstreamAccess } from './upstream.js';

/** The addresses that the gateway works with. */
export interface CoreAddresses {
  readonly addresses: DatabaseAddresses;
  /** The sandbox's base URL; null when calls go to AWS. */
  readonly sandboxUrl: string | null;
  /** The folder of the migrations. */
  readonly migrationsDir: string;
}

/** What every later phase works with. */
export interface GatewayCore {
  readonly config: Config;
  readonly process: GatewayProcess;
  readonly addresses: DatabaseAddresses;
  readonly database: Database;
  /** Whether no other process uses the database: the embedded one belongs to this process alone. */
  readonly isAlone: boolean;
  readonly jobQueues: JobQueues;
  readonly administrators: readonly Administrator[];
  readonly lanes: Lanes;
  /** The rates at which calls leave, by service. */
  readonly leavingRates: Readonly<Record<SecurityService, Rate>>;
  readonly metrics: Metrics;
  /** Null: tracing is off. */
  readonly tracing: Tracing | null;
  readonly upstream: Upstream;
  readonly detectors: Detectors;
  readonly intervals: Intervals;
  /** Aborts when the process stops. */
  readonly stopping: AbortSignal;
}

/** Opens the database, the lanes of the configured targets and the clients of both services. */
export async function openCore(
  config: Config,
  { addresses, sandboxUrl, migrationsDir }: CoreAddresses,
  process: GatewayProcess,
  { intervals, stopping }: Pick<GatewayCore, 'intervals' | 'stopping'>,
): Promise<GatewayCore> {
  const { database, schemas } = await openMigratedDatabase(addresses, migrationsDir, process);
  const jobQueues = await openMigratedJobQueues(addresses, schemas, process);
  const access = upstreamAccess(config, sandboxUrl);
  const administrators = await configuredAdministrators(config, access, process.log);
  const lanes = await openLanes(database.prisma, administrators);
  const isAlone = config.database === null;
  if (isAlone) {
    // Every holder of a lane was an earlier process, and has ended.
    await freeLanes(database.prisma);
  }
  const leavingRates = {
    GUARDDUTY: leavingRate(config.rates.GUARDDUTY),
    SECURITY_HUB: leavingRate(config.rates.SECURITY_HUB),
  };
  const metrics = createMetrics(createGauges(database.prisma, database.poolGauge), leavingRates);
  const tracing = process.tracing?.open(createRequestTraces(database.prisma), process.log) ?? null;
  const upstream = openUpstream(access, administrators, metrics, process);
  return {
    config,
    process,
    addresses,
    database,
    isAlone,
    jobQueues,
    administrators,
    lanes,
    leavingRates,
    metrics,
    tracing,
    upstream: tracing?.upstream(upstream) ?? upstream,
    detectors: createDetectors(administrators),
    intervals,
    stopping,
  };
}
