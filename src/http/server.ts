import { ApolloServer } from '@apollo/server';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Log } from '../log.js';
import type { Caller } from '../membership.js';
import { buildGatewaySchema } from '../resolvers/buildSchema.js';
import type { ExportOutcomes } from '../ports/exports.js';
import type { Metrics } from '../ports/metrics.js';
import type { GatewayContext } from '../resolvers/context.js';
import type { Authenticate } from '../services/access/authentication.js';
import type { Charge } from '../services/access/budget.js';
import type { DeniedAttempts } from '../services/access/deniedAttempts.js';
import type { WatchCredential } from '../services/access/credentialWatch.js';
import { createAdmit } from './graphql/admission.js';
import { createExecuteCompiled } from './graphql/compiledQueries.js';
import { documentLimitsRule, type DocumentLimits } from './graphql/documentLimits.js';
import { registerExplorer } from './routes/explorer.js';
import { registerExport } from './routes/export.js';
import { answerFailures, answersBeforeRouting } from './request/failures.js';
import { createFormatError } from './graphql/formatError.js';
import { createGate } from './request/gate.js';
import { registerHealth, type Readiness } from './routes/health.js';
import { measureRequests, registerMetrics } from './routes/metrics.js';
import { createOperationPlugin, type HttpContext } from './graphql/operationPlugin.js';
import { logRequests } from './request/requestLog.js';
import { requestIdOf } from './request/requestOrigin.js';
import { refuseWhenStopping } from './request/stopping.js';
import { registerStream } from './graphql/stream.js';
import { stringifyResult } from './graphql/textPages/textPages.js';
import { createTrustedDocuments, type TrustedDocumentSettings } from './graphql/trustedDocuments.js';
import { registerWebSecurity } from './request/webSecurity.js';

/**
 * Documents that are kept parsed and validated, as JSON, in bytes; they take several times that. Clients that send the same
 * ones again have a few dozen, of some kilobytes each; Apollo's own 30 MiB would fill with documents that never come again.
 */
const DOCUMENT_STORE_BYTES = 3 * 1024 * 1024;

/** How long a client may take over the headers of a request, and over all of it, in milliseconds: slow ones are cut off. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** How often Node looks for clients that are too slow, in milliseconds. */
const SLOW_CLIENT_CHECK_MS = 1_000;

/** What an operation's context is made from. */
export interface OperationInput {
  readonly caller: Caller;
  /** `Idempotency-Key`; null when there is none. */
  readonly idempotencyKey: string | null;
  /** Whether it turned out to be a query, which has a time limit: mutations wait for requests, subscriptions go on. */
  readonly isQuery: () => boolean;
}

/** What the HTTP side needs from the rest. */
export interface HttpOptions {
  /** The context of one operation. */
  readonly contextOf: (asked: OperationInput) => GatewayContext;
  readonly authenticate: Authenticate;
  readonly watchCredential: WatchCredential;
  readonly deniedAttempts: Pick<DeniedAttempts, 'record'>;
  /** Notes that a caller asked for administrators that are not granted to it. */
  readonly denied: (caller: Caller, field: string, administrators: readonly string[]) => void;
  readonly charge: Charge;
  readonly readiness: Readiness;
  /** What GET /export/outcomes.csv and .jsonl answer with. */
  readonly exportOutcomes: ExportOutcomes;
  readonly metrics: Metrics;
  /** Aborts when the process is to stop. */
  readonly stopping: AbortSignal;
  /** Where the explorer's build is. */
  readonly explorerDir: string;
  readonly settings: HttpSettings;
  readonly log: Log;
}

/** What the configuration says about the HTTP side. */
export interface HttpSettings {
  readonly introspection: 'on' | 'authenticated' | 'off';
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly limits: DocumentLimits & {
    readonly bodyBytes: number;
    readonly tokens: number;
    readonly complexity: number;
  };
  readonly trustedDocuments: TrustedDocumentSettings;
}

/** The gateway's HTTP side. */
export interface HttpServer {
  /** Listens, and returns the base URL. */
  listen(host: string, port: number): Promise<string>;
  /** Stops listening and waits for the answers under way. */
  close(): Promise<void>;
}

/**
 * Builds the HTTP server: GraphQL and GraphiQL on /graphql, subscriptions on /graphql/stream, exports under
 * /export, numbers on /metrics, health under /health.
 */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { settings, log } = options;
  const { limits } = settings;
  const app: FastifyInstance = fastify({
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: 'idle',
    // refuseWhenStopping does, and says so in GraphQL's form.
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: SLOW_CLIENT_CHECK_MS },
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    requestIdHeader: false,
    ...answersBeforeRouting,
    genReqId: requestIdOf,
  });
  const schema = buildGatewaySchema();
  const formatError = createFormatError(log);
  const mayIntrospect = settings.introspection !== 'off';
  const admit = createAdmit(schema, { maxComplexity: limits.complexity, charge: options.charge });
  const contextOf = (request: FastifyRequest): HttpContext => {
    const requestInfo = request.requestInfo ?? refuseUngated();
    const caller = requestInfo.caller ?? { ...NOBODY, origin: { ...requestInfo.origin, tokenId: null } };
    // Node joins a header that came twice with commas, but types it as it would others.
    const idempotencyKey = request.headers['idempotency-key']?.toString() ?? null;
    const isQuery = (): boolean => requestInfo.operation?.type === 'query';
    return Object.assign(options.contextOf({ caller, idempotencyKey, isQuery }), { requestInfo });
  };
  const apollo = new ApolloServer<HttpContext>({
    schema,
    introspection: mayIntrospect,
    hideSchemaDetailsFromClientErrors: !mayIntrospect,
    includeStacktraceInErrorResponses: false,
    formatError,
    validationRules: [documentLimitsRule(limits)],
    parseOptions: { maxLexicalTokens: limits.tokens },
    persistedQueries: false,
    stringifyResult,
    documentStore: new InMemoryLRUCache({ maxSize: DOCUMENT_STORE_BYTES }),
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    // Signals are the process's business (main.ts).
    stopOnTerminationSignals: false,
    plugins: [
      // The default wraps every field of every answer to compute a header nobody asked for: half the cost of a page.
      ApolloServerPluginCacheControlDisabled(),
      fastifyApolloDrainPlugin(app),
      createOperationPlugin(schema, admit, createExecuteCompiled(schema), formatError),
    ],
    logger: log,
  });
  await apollo.start();
  await registerWebSecurity(app, settings.corsOrigins);
  logRequests(app, log);
  measureRequests(app, options.metrics);
  answerFailures(app, log);
  const gate = createGate(app, { ...options, allowsAnonymous: settings.introspection === 'on' });
  refuseWhenStopping(app, options.stopping);
  registerHealth(app, options.readiness);
  await registerExplorer(app, { assetsDir: options.explorerDir });
  const trustedDocuments = createTrustedDocuments(settings.trustedDocuments, log);
  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    onRequest: gate,
    preHandler: trustedDocuments,
    handler: fastifyApolloHandler(apollo, {
      context: (request) => Promise.resolve(contextOf(request)),
    }),
  });
  registerExport(app, { ...options, gate });
  registerMetrics(app, { gate, metrics: options.metrics });
  registerStream(app, {
    schema,
    contextOf,
    watchCredential: options.watchCredential,
    formatError,
    gate,
    trustedDocuments,
    admit,
    limits,
    mayIntrospect,
  });
  return {
    listen: (host, port) => app.listen({ host, port }),
    close: () => apollo.stop(),
  };
}

/** Who has no credentials: may read nothing, and gets as far as the schema at most. */
const NOBODY: Omit<Caller, 'origin'> = { id: '', kind: 'USER', role: 'VIEWER', administrators: [] };

function refuseUngated(): never {
  throw new Error('a route that reads the record has no gate');
}
