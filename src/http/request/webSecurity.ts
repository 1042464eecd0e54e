import { IncomingMessage, ServerResponse, type OutgoingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import fastifyCors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

/** How long a browser may cache the answer to a preflight, in seconds. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** Request headers that a page of an allowed origin may send, and answer headers that it may read. */
const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'x-request-id',
  'traceparent',
  'apollo-require-preflight',
  // Apollo Client adds them when its page names itself (`clientAwareness`).
  'apollographql-client-name',
  'apollographql-client-version',
  'x-graphql-event-stream-token',
];
const EXPOSED_HEADERS = ['x-request-id', 'gateway-version', 'retry-after', 'www-authenticate'];

/**
 * Adds the security headers of browsers to every answer, and CORS for `corsOrigins`. By default an answer may not be framed,
 * run as a script, cached or read by another origin. The page of the explorer sets its own policy. The gateway uses no
 * cookies, so a browser never sends a credential that the page did not set.
 */
export async function registerWebSecurity(
  app: FastifyInstance,
  corsOrigins: readonly string[],
): Promise<void> {
  const headers = headersOf({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    // These serve obsolete browsers, obsolete plug-ins, and pages with links and downloads.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    crossOriginResourcePolicy: { policy: corsOrigins.length > 0 ? 'cross-origin' : 'same-origin' },
  });
  // A page of another origin may send text/plain without a preflight.
  app.removeContentTypeParser('text/plain');
  // Registered before CORS, which answers preflights itself.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ ...headers, 'x-request-id': request.id, 'cache-control': 'no-store' });
    done();
  });
  if (corsOrigins.length > 0) {
    await app.register(fastifyCors, {
      origin: [...corsOrigins],
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      allowedHeaders: ALLOWED_HEADERS,
      exposedHeaders: EXPOSED_HEADERS,
      credentials: false,
      maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    });
  }
}

/** The headers that helmet sets. They are computed once: helmet would take 5 % of the time of a page to set them again. */
function headersOf(options: HelmetOptions): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, (error) => {
    if (error !== undefined) {
      throw error as Error;
    }
  });
  return { ...response.getHeaders() };
}
