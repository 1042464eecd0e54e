import { setTimeout as sleep } from 'node:timers/promises';
import { targetsOf } from '../membership.js';
import { createHttpServer, type HttpOptions, type HttpServer } from '../http/server.js';
import type { Readiness } from '../http/routes/health.js';
import { createExportOutcomes } from '../services/history/exportOutcomes.js';
import { createCallerLimit } from '../services/access/callerLimit.js';
import type { EventLoopTurns } from '../services/eventLoopTurns.js';
import { createExportPlaces } from '../services/history/exportPlaces.js';
import { createExports, MAX_EXPORTS } from '../store/history/exports.js';
import type { Access } from './access.js';
import type { GatewayCore } from './core.js';

/** Most exports of one caller at once: half of all, so that another caller finds room. */
const CALLER_EXPORTS = MAX_EXPORTS / 2;

/** Prepares the HTTP server. It listens later. */
export function prepareHttp(
  core: GatewayCore,
  access: Access,
  {
    contextOf,
    loopTurns,
    version,
    explorerDir,
  }: Pick<HttpOptions, 'contextOf' | 'version' | 'explorerDir'> & { readonly loopTurns: EventLoopTurns },
): Promise<HttpServer> {
  const { config, addresses, metrics, tracing, stopping, process } = core;
  const exports = createExports(addresses.direct);
  process.closers.add('exports', () => exports.close());
  return createHttpServer({
    contextOf,
    authenticate: access.authenticate,
    watchCredential: access.watchCredential,
    deniedAttempts: access.deniedAttempts,
    denied: access.denied,
    charge: access.charge,
    targets: core.administrators.flatMap(targetsOf).length,
    takeLoopTurn: loopTurns.take,
    settings: config.access,
    basePath: config.publicUrl === null ? '' : new URL(config.publicUrl).pathname.replace(/\/$/, ''),
    requestTimeoutMs: core.intervals.requestTimeoutMs,
    unreadAnswerMs: core.intervals.unreadAnswerMs,
    reservationMs: core.intervals.reservationMs,
    readiness: readinessOf(core),
    exportOutcomes: createExportOutcomes(
      exports,
      createCallerLimit('CALLER_EXPORTS', 'exports', CALLER_EXPORTS).open,
      createExportPlaces(MAX_EXPORTS),
    ),
    metrics,
    tracing: tracing?.http ?? null,
    stopping,
    version,
    explorerDir,
    log: process.log,
  });
}

/** Time for which one look at the database answers all readiness checks, in milliseconds. */
const DATABASE_LOOK_MS = 1_000;

/** Longest wait for the answer of the database: an orchestrator gives a check up after some seconds. */
const DATABASE_ANSWER_MS = 2_500;

function readinessOf({ database, stopping }: GatewayCore): Readiness {
  let look: Promise<string | null> | null = null;
  const lookAtDatabase = (): Promise<string | null> => {
    const silence = sleep(DATABASE_ANSWER_MS, 'the database does not answer', { ref: false });
    const reason = Promise.race([database.notReady(), silence]);
    void reason.then(() => setTimeout(() => (look = null), DATABASE_LOOK_MS).unref());
    return reason;
  };
  return {
    async notReady() {
      return stopping.aborted ? 'stopping' : (look ??= lookAtDatabase());
    },
  };
}
