import { describeAwsNetwork } from '../config/awsNetwork.js';
import type { Config } from '../config/loadConfig.js';
import { ConfigurationFaults } from '../errors.js';
import type { HttpServer } from '../http/server.js';
import { startLocalServices } from '../local/startLocalServices.js';
import type { Administrator } from '../membership.js';
import type { Database } from '../store/connection/client.js';
import { createEventLoopTurns } from '../services/eventLoopTurns.js';
import { createHistoryStore } from '../store/history/history.js';
import { createInventoryReads } from '../store/inventory/inventoryReads.js';
import { createOriginStore } from '../store/requests/requestOrigin.js';
import { createAccess } from './access.js';
import { openCore } from './core.js';
import { DATABASE_CONNECTIONS } from './databaseConnections.js';
import { withSignIn } from './databaseSignIn.js';
import type { GatewayProcess } from './gatewayProcess.js';
import { prepareHttp } from './http.js';
import type { Installation } from './installation.js';
import { INTERVALS, type Intervals } from './intervals.js';
import { prepareInventory } from './inventory.js';
import { prepareLaneWork } from './laneWork.js';
import { describeListenError } from './listenAddress.js';
import { createMemberReading } from './memberReading.js';
import { createContextOf } from './operationContext.js';
import { createProgress, createRequestServices } from './requests.js';
import { checkSurroundings } from './surroundings.js';
import { startUpkeep } from './upkeep.js';

/** A running gateway. */
export interface Gateway {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  readonly administrators: readonly Administrator[];
  /** The sandbox's base URL; null when calls go to AWS. */
  readonly sandboxUrl: string | null;
  /** The database of the record. Tests count its statements. */
  readonly database: Database;
}

/**
 * Composes the gateway and starts it, phase by phase. Each phase is a file of this folder.
 *
 * @param process its closers get everything that was opened, in order, also when the start fails.
 * @throws GatewayError what a phase throws.
 */
export async function startGateway(
  config: Config,
  installation: Installation,
  process: GatewayProcess,
  intervals: Intervals = INTERVALS,
): Promise<Gateway> {
  const { log, closers } = process;
  const { upstream, awsNetwork, signInNetwork } = config;
  log.info({ upstream, ...(awsNetwork && { calls: describeAwsNetwork(awsNetwork) }) }, 'starting');
  log.debug({ connections: DATABASE_CONNECTIONS }, 'most connections to PostgreSQL');
  await checkSurroundings(config);
  const stopping = new AbortController();

  const local = await startLocalServices(config, installation.sandboxProgram, process);
  const { sandboxUrl } = local;
  const addresses = withSignIn(local.addresses, signInNetwork);
  const { version, migrationsDir, explorerDir } = installation;
  const core = await openCore(config, { addresses, sandboxUrl, migrationsDir }, process, {
    intervals,
    stopping: stopping.signal,
  });
  const { database, administrators, lanes } = core;
  const history = createHistoryStore(database.prisma);
  const inventoryReads = createInventoryReads(database.prisma, lanes.idOf);

  const laneWork = await prepareLaneWork(core);
  const access = createAccess(core);
  const { spend } = access;
  const memberReading = createMemberReading(core, inventoryReads, spend);
  const { listAllMembers, memberCache, reads: memberReads } = memberReading;
  const inventory = await prepareInventory(core, inventoryReads, { listAllMembers, spend });
  startUpkeep(core, { memberCache, memberReads, observations: inventory.observations });
  const loopTurns = createEventLoopTurns();
  const contextOf = createContextOf({
    loopTurns,
    timeoutSeconds: config.access.limits.timeoutSeconds,
    cancellable: database.cancellable,
    services: createRequestServices(core, laneWork, memberReading, { history, spend }),
    history,
    origins: createOriginStore(database.prisma),
    memberReading,
    inventory,
    progress: createProgress(core, laneWork, history),
    tokens: access.tokens,
    deniedAttempts: access.deniedAttempts,
    denied: access.denied,
    spend,
  });
  const server = await prepareHttp(core, access, { contextOf, loopTurns, version, explorerDir });

  await laneWork.workers.start();
  await inventory.start();
  const url = await listen(server, config);
  closers.add('http', () => server.close());
  closers.add('waits', () => {
    stopping.abort();
  });
  await local.announce(`${config.publicUrl ?? url}/graphql`);
  return { url, administrators, sandboxUrl, database };
}

async function listen(server: HttpServer, { host, port }: Config): Promise<string> {
  try {
    return await server.listen(host, port);
  } catch (error) {
    throw new ConfigurationFaults([describeListenError(error, host, port)]);
  }
}
