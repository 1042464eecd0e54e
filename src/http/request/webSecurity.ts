import { IncomingMessage, ServerResponse, type OutgoingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import fastifyCors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';

/** How long a browser may remember the answer to a preflight, in seconds. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** Headers that pages of allowed origins may send and read. */
const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'x-request-id',
  'traceparent',
  'apollo-require-preflight',
];
const EXPOSED_HEADERS = ['x-request-id', 'retry-after', 'www-authenticate'];

/**
 * What browsers are told: by default that an answer is data, to be shown in no frame, run as nothing and kept nowhere,
 * and that no other origin may read it. The explorer's page brings a policy of its own. There are no cookies, and so no
 * credentials that a browser could add by itself.
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
    // For browsers that are gone, plug-ins that are gone, and pages with links and downloads: none of them is ours.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    crossOriginResourcePolicy: { policy: corsOrigins.length > 0 ? 'cross-origin' : 'same-origin' },
  });
  // Before CORS, which answers preflights by itself.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ ...headers, 'x-request-id': request.id, 'cache-control': 'no-store' });
    done();
  });
  if (corsOrigins.length > 0) {
    await app.register(fastifyCors, {
      origin: [...corsOrigins],
      methods: ['GET', 'POST'],
      allowedHeaders: ALLOWED_HEADERS,
      exposedHeaders: EXPOSED_HEADERS,
      credentials: false,
      maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    });
  }
}

/** The headers that helmet gives every answer. They are the same each time, and cost a twentieth of a page to make again. */
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
