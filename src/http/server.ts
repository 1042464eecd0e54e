import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Log } from '../log.js';
import { buildGatewaySchema } from '../resolvers/buildSchema.js';
import type { ExportOutcomes } from '../ports/exports.js';
import type { GatewayContext } from '../resolvers/context.js';
import { registerExplorer } from './explorer.js';
import { registerExport } from './export.js';
import { createFormatError } from './formatError.js';
import { registerHealth, type Readiness } from './health.js';
import { registerStream } from './stream.js';

/** Largest request body, in bytes: 10,000 accounts with e-mail addresses are about 1 MiB. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** Most lexical tokens of a document; the longest sensible one, with 10,000 accounts inline, has 70,000. */
const MAX_TOKENS = 100_000;

/** The headers that an operation's context is made from. */
export interface ContextHeaders {
  /** `Idempotency-Key`; null when there is none. */
  readonly idempotencyKey: string | null;
}

/** What the HTTP side needs from the rest. */
export interface HttpOptions {
  /** The context of one operation. */
  readonly contextOf: (headers: ContextHeaders) => GatewayContext;
  readonly readiness: Readiness;
  /** What GET /export/outcomes.csv and .jsonl answer with. */
  readonly exportOutcomes: ExportOutcomes;
  /** Where the explorer's build is. */
  readonly explorerDir: string;
  readonly log: Log;
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
 * /export, health under /health.
 */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const app: FastifyInstance = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
  });
  const schema = buildGatewaySchema();
  const formatError = createFormatError(options.log);
  const contextOf = ({ headers }: FastifyRequest): GatewayContext =>
    // Node joins a header that came twice with commas, but types it as it would others.
    options.contextOf({ idempotencyKey: headers['idempotency-key']?.toString() ?? null });
  const apollo = new ApolloServer<GatewayContext>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    formatError,
    parseOptions: { maxLexicalTokens: MAX_TOKENS },
    // Signals are the process's business (main.ts).
    stopOnTerminationSignals: false,
    // The default wraps every field of every answer to compute a header nobody asked for: half the cost of a page.
    plugins: [ApolloServerPluginCacheControlDisabled(), fastifyApolloDrainPlugin(app)],
    logger: options.log,
  });
  await apollo.start();
  registerHealth(app, options.readiness);
  await registerExplorer(app, { assetsDir: options.explorerDir });
  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    handler: fastifyApolloHandler(apollo, {
      context: (request) => Promise.resolve(contextOf(request)),
    }),
  });
  registerStream(app, { schema, contextOf, formatError });
  registerExport(app, {
    callerOf: (request) => contextOf(request).caller,
    exportOutcomes: options.exportOutcomes,
    log: options.log,
  });
  return {
    listen: (host, port) => app.listen({ host, port }),
    close: () => apollo.stop(),
  };
}
