import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyInstance, type RouteHandlerMethod } from 'fastify';
import type { Log } from '../log.js';
import type { Caller } from '../membership.js';
import type { ExportOutcomes } from '../ports/exports.js';
import type { Metrics } from '../ports/metrics.js';
import type { HttpTracing } from '../ports/tracing.js';
import { buildGatewaySchema } from '../resolvers/buildSchema.js';
import type { GatewayContext } from '../resolvers/context.js';
import type { Authenticate } from '../services/access/authentication.js';
import type { Charge } from '../services/access/budget.js';
import { createCallerLimit } from '../services/access/callerLimit.js';
import type { WatchCredential } from '../services/access/credentialWatch.js';
import type { TakeLoopTurn } from '../services/eventLoopTurns.js';
import type { DeniedAttempts } from '../services/access/deniedAttempts.js';
import { createAdmit } from './graphql/admission.js';
import { createApolloServer } from './graphql/apolloServer.js';
import type { DocumentSize } from './graphql/documentLimits.js';
import { createChargeRefused, createCheckDocumentText } from './graphql/documentText.js';
import { createFormatError } from './graphql/formatError.js';
import { createHttpContextOf, type OperationInput } from './graphql/httpContext.js';
import { createHideSchemaNames } from './graphql/schemaNames.js';
import { createReservations } from './graphql/reservations.js';
import {
  admitReservations,
  createRefuseWithoutPlace,
  createStreams,
  exceptWithToken,
} from './graphql/stream.js';
import { createStartOperation } from './graphql/streamedOperation.js';
import { createSubscribe } from './graphql/subscription.js';
import { createTrustedDocuments, type TrustedDocumentSettings } from './graphql/trustedDocuments.js';
import { createToCallerError, type ToCallerError } from './request/callerErrors.js';
import { limitConnections } from './request/connectionLimit.js';
import { withoutBasePath } from './request/basePath.js';
import { createTrustProxy } from './request/clientAddress.js';
import { handleErrorsBeforeRouting, registerErrorHandler } from './request/errorHandler.js';
import { createGate, type Gate } from './request/gate.js';
import { refuseCrossSite } from './request/crossSite.js';
import { parseJsonByTurns } from './request/jsonBody.js';
import { limitPipelining } from './request/pipelining.js';
import { logRequests } from './request/requestLog.js';
import { measureRequests } from './request/requestMetrics.js';
import { requestIdOf } from './request/requestOrigin.js';
import { refuseWhenStopping } from './request/stopping.js';
import { disconnectIdleReaders, idleReaderOptions } from './request/unreadAnswers.js';
import { traceHttpRequests } from './request/requestSpan.js';
import { tokenAdvice, type AcceptedCredentials } from './request/tokenAdvice.js';
import { countUnreadBytes } from './request/unreadBytes.js';
import { registerWebSecurity } from './request/webSecurity.js';
import { registerExplorer } from './routes/explorer.js';
import { registerExport } from './routes/export.js';
import { registerHealth, type Readiness } from './routes/health.js';
import { registerMetrics } from './routes/metrics.js';

/** Longest time for the headers of a request and for the whole request, in milliseconds; a slower client is disconnected. */
const HEADERS_TIMEOUT_MS = 10_000;
export const REQUEST_TIMEOUT_MS = 30_000;

/** How often Node checks these two, in milliseconds. */
const TIMEOUT_CHECK_INTERVAL_MS = 1_000;

/** What the HTTP server works with. */
export interface HttpOptions {
  /** Makes the context of one operation. */
  readonly contextOf: (input: OperationInput) => GatewayContext;
  readonly authenticate: Authenticate;
  readonly watchCredential: WatchCredential;
  readonly deniedAttempts: Pick<DeniedAttempts, 'record'>;
  /** Records that a caller named administrators that are not granted to it. */
  readonly denied: (caller: Caller, field: string, administrators: readonly string[]) => void;
  readonly charge: Charge;
  /** Configured targets of all administrators. */
  readonly targets: number;
  readonly takeLoopTurn: TakeLoopTurn;
  readonly readiness: Readiness;
  readonly exportOutcomes: ExportOutcomes;
  readonly metrics: Metrics;
  /** Null: tracing is off. */
  readonly tracing: HttpTracing | null;
  /** Aborts when the process is to stop. */
  readonly stopping: AbortSignal;
  /** The version of the gateway. */
  readonly version: string;
  /** The directory with the build of the explorer. */
  readonly explorerDir: string;
  readonly settings: HttpSettings;
  /** The path before the gateway's own, as `/members`, when a proxy hands it on; empty: none. */
  readonly basePath: string;
  /** Longest time for a whole request, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Longest that an answer waits for a client that does not read, in milliseconds. */
  readonly unreadAnswerMs: number;
  /** Longest that a reserved stream waits for its client, in milliseconds. */
  readonly reservationMs: number;
  readonly log: Log;
}

/** The configuration of the HTTP server. */
export interface HttpSettings {
  /** Null: authentication is off. */
  readonly credentials: AcceptedCredentials | null;
  readonly introspection: 'on' | 'authenticated' | 'off';
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  /** Most open connections of the process. */
  readonly maxConnections: number;
  readonly limits: DocumentSize & {
    readonly bodyBytes: number;
    readonly tokens: number;
    readonly complexity: number;
    /** Most open streams of one caller. */
    readonly streams: number;
  };
  readonly trustedDocuments: TrustedDocumentSettings;
}

export interface HttpServer {
  /** Listens, and resolves with the base URL. */
  listen(host: string, port: number): Promise<string>;
  /** Stops listening, and resolves when the answers in progress have been sent. */
  close(): Promise<void>;
}

/**
 * Builds the HTTP server: GraphQL and GraphiQL on /graphql, subscriptions on /graphql/stream, exports under /export, metrics
 * on /metrics, health under /health.
 */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const toCallerError = createToCallerError(options.log, tokenAdvice(options.settings.credentials));
  const app = createApp(options, toCallerError);
  allowManyListeners(app);
  limitConnections(app.server, { ...options, maximum: options.settings.maxConnections });
  limitPipelining(app.server);
  await registerHooks(app, options, toCallerError);
  const gate = createGate(app, {
    ...options,
    allowsAnonymous: options.settings.introspection === 'on',
  });
  registerHealth(app, { ...options, gate });
  await registerExplorer(app, { assetsDir: options.explorerDir, basePath: options.basePath });
  registerExport(app, { ...options, gate });
  registerMetrics(app, { ...options, gate });
  const stopApollo = await registerGraphQL(app, options, gate, toCallerError);
  return {
    listen: (host, port) => app.listen({ host, port }),
    close: stopApollo,
  };
}

/** Most listeners of one event of an answer before Node warns of a leak: some ten parts wait for the end of a stream. */
const LISTENERS = 20;

function allowManyListeners(app: FastifyInstance): void {
  app.server.prependListener('request', (_request, response) => {
    response.setMaxListeners(LISTENERS);
  });
}

function createApp(
  { settings: { limits, trustedProxies }, basePath, requestTimeoutMs, unreadAnswerMs }: HttpOptions,
  toCallerError: ToCallerError,
): FastifyInstance {
  return fastify({
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: 'idle',
    // refuseWhenStopping answers in the form of GraphQL.
    return503OnClosing: false,
    requestTimeout: requestTimeoutMs,
    ...idleReaderOptions(unreadAnswerMs),
    http: {
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
    },
    trustProxy: trustedProxies.length > 0 ? createTrustProxy(trustedProxies) : false,
    requestIdHeader: false,
    rewriteUrl: ({ url = '/' }) => withoutBasePath(url, basePath),
    ...handleErrorsBeforeRouting(toCallerError),
    genReqId: requestIdOf,
  });
}

/** The hooks of all routes; a hook runs for the routes that are registered after it. */
async function registerHooks(
  app: FastifyInstance,
  { settings, log, metrics, tracing, takeLoopTurn, charge, stopping }: HttpOptions,
  toCallerError: ToCallerError,
): Promise<void> {
  traceHttpRequests(app, tracing);
  await registerWebSecurity(app, settings.corsOrigins);
  logRequests(app, log);
  measureRequests(app, metrics);
  registerErrorHandler(app, toCallerError);
  parseJsonByTurns(app, takeLoopTurn, charge);
  refuseWhenStopping(app, stopping);
  disconnectIdleReaders(app);
}

/** Registers /graphql and /graphql/stream; returns a function that closes the server once the answers in progress are sent. */
async function registerGraphQL(
  app: FastifyInstance,
  options: HttpOptions,
  gate: Gate,
  toCallerError: ToCallerError,
): Promise<() => Promise<void>> {
  const { settings, charge, takeLoopTurn, log } = options;
  const shared = createShared(app, options, toCallerError);
  const apollo = createApolloServer(app, { ...shared, takeLoopTurn, log });
  await apollo.start();
  const contextOf = createHttpContextOf(options.contextOf);
  const { limits } = shared;
  const openStreams = createCallerLimit('CALLER_STREAMS', 'streams', settings.limits.streams);
  const reservations = createReservations(openStreams, options);
  const startOperation = createStartOperation(apollo, {
    subscribe: createSubscribe({ ...shared, ...options }),
    unread: shared.unread,
  });
  const streams = createStreams({ ...options, limits, contextOf, startOperation, openStreams, reservations });
  const admit = admitReservations(gate, reservations);
  const hooks = {
    onRequest: [admit],
    preHandler: [
      exceptWithToken(refuseCrossSite),
      createCheckDocumentText(charge, takeLoopTurn),
      createTrustedDocuments(settings.trustedDocuments, { ...shared, log }),
    ],
  };
  const answer = executionEnds(
    fastifyApolloHandler(apollo, { context: (request) => Promise.resolve(contextOf(request)) }),
  );
  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    ...hooks,
    handler(request, reply) {
      const handle = streams.asksForStream(request) ? streams.handle : answer;
      return handle.call(this, request, reply);
    },
  });
  app.route({ url: '/graphql', method: ['PUT', 'DELETE'], ...hooks, handler: streams.handle });
  app.route({
    url: '/graphql/stream',
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    exposeHeadRoute: false,
    ...hooks,
    onRequest: [admit, createRefuseWithoutPlace(openStreams)],
    handler: streams.handle,
  });
  return () => apollo.stop();
}

/** What answers and streams share. */
function createShared(
  app: FastifyInstance,
  { settings, targets, charge }: HttpOptions,
  toCallerError: ToCallerError,
) {
  const { limits } = settings;
  const schema = buildGatewaySchema();
  const unread = countUnreadBytes(app);
  const allowsIntrospection = settings.introspection !== 'off';
  return {
    schema,
    limits,
    unread,
    allowsIntrospection,
    admit: createAdmit(schema, { maxComplexity: limits.complexity, targets, charge, unread }),
    chargeRefused: createChargeRefused(charge),
    formatError: createFormatError(
      toCallerError,
      allowsIntrospection ? undefined : createHideSchemaNames(schema),
    ),
  };
}

/** The same handler, which ends the turn of a query when its answer is ready. */
function executionEnds(handle: RouteHandlerMethod): RouteHandlerMethod {
  return async function (request, reply) {
    try {
      return await handle.call(this, request, reply);
    } finally {
      request.requestInfo?.endExecution?.();
    }
  };
}
