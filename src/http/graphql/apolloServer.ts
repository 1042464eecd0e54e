import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Log } from '../../log.js';
import { createExecuteCompiled } from './compiledQueries.js';
import { documentLimitsRule, type DocumentSize } from './documentLimits.js';
import { createExecuteMutation } from './executeMutation.js';
import type { HttpContext } from './httpContext.js';
import { createOperationPlugin, type OperationPluginDependencies } from './operationPlugin.js';
import { stringifyResult } from './textPages/jsonText.js';
import { MAX_FAULTS } from './variables.js';

/**
 * Size of Apollo's cache of parsed and validated documents, in bytes of JSON; the heap holds several times that. Clients
 * repeat a few dozen documents of some kilobytes each; documents that are sent once would fill Apollo's default of 30 MiB.
 */
const DOCUMENT_CACHE_BYTES = 3 * 1024 * 1024;

/** Most documents in that cache: each may hold the text that it was parsed from, whose ignored characters do not count above. */
const CACHED_DOCUMENTS = 100;

/** What the server of /graphql works with. */
export interface ApolloDependencies extends Omit<
  OperationPluginDependencies,
  'executeCompiled' | 'executeMutation'
> {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentSize & { readonly tokens: number };
  readonly allowsIntrospection: boolean;
  readonly log: Log;
}

/** Returns the GraphQL server behind /graphql, not yet started. It stops when `app` closes. */
export function createApolloServer(
  app: FastifyInstance,
  { schema, limits, allowsIntrospection, log, ...operations }: ApolloDependencies,
): ApolloServer<HttpContext> {
  const { formatError } = operations;
  return new ApolloServer<HttpContext>({
    schema,
    introspection: allowsIntrospection,
    hideSchemaDetailsFromClientErrors: !allowsIntrospection,
    includeStacktraceInErrorResponses: false,
    formatError: (_formatted, error) => formatError(error),
    validationRules: [documentLimitsRule(limits)],
    validationOptions: { maxErrors: MAX_FAULTS },
    // To find the line of an error, graphql-js reads all lines before, once for each node of each error.
    parseOptions: { maxLexicalTokens: limits.tokens, noLocation: true },
    persistedQueries: false,
    stringifyResult,
    documentStore: new InMemoryLRUCache({ maxSize: DOCUMENT_CACHE_BYTES, max: CACHED_DOCUMENTS }),
    allowBatchedHttpRequests: false,
    // refuseCrossSite has refused such requests before.
    csrfPrevention: false,
    // main.ts handles signals.
    stopOnTerminationSignals: false,
    plugins: [
      // The default wraps every field to compute a Cache-Control header, which takes half of the time of a page.
      ApolloServerPluginCacheControlDisabled(),
      fastifyApolloDrainPlugin(app),
      createOperationPlugin({
        ...operations,
        executeCompiled: createExecuteCompiled(schema),
        executeMutation: createExecuteMutation(schema),
      }),
    ],
    logger: log,
  });
}
