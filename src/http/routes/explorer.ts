import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

export interface ExplorerOptions {
  /** The directory with index.html and assets/ of the explorer's build (dist/explorer). It may be missing. */
  readonly assetsDir: string;
  /** The path before the gateway's own, when a proxy hands it on; empty: none. */
  readonly basePath: string;
}

/**
 * The policy of the page: it may load from its own origin, and send requests to its own origin. Inline styles are allowed,
 * since Monaco sets style attributes, and Monaco and the dialogs of GraphiQL add style elements without a nonce. A style
 * cannot send data elsewhere: images and fonts are limited to this origin.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  // The stylesheet of Monaco has data: images.
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

const NOT_BUILT =
  'The explorer is not built. Build it with "npm run build" and start the gateway again. ' +
  'The API does not need it: POST to this address.\n';

/**
 * Registers the GraphiQL page on GET /graphql, to which a page visit to / leads, and its assets under /explorer/. A route constraint limits the page to page
 * visits (isPageVisit); the API keeps every other request to /graphql. Without a build a page visit gets 503 and the
 * command that makes one.
 */
export async function registerExplorer(
  app: FastifyInstance,
  { assetsDir, basePath }: ExplorerOptions,
): Promise<void> {
  app.addConstraintStrategy({
    name: 'pageVisit',
    storage: createHandlerStorage,
    deriveConstraint: (request) => (isPageVisit(request.headers.accept) ? 'yes' : undefined),
  });
  const page = await readFile(path.join(assetsDir, 'index.html'), 'utf8').catch(ignoreMissing);
  if (page === undefined) {
    app.log.warn({ assetsDir }, 'the explorer is not built');
  }

  app.get('/', { constraints: { pageVisit: 'yes' } }, (_request, reply) =>
    reply.header('vary', 'accept').redirect(`${basePath}/graphql`),
  );
  app.get('/graphql', { constraints: { pageVisit: 'yes' } }, (_request, reply) => {
    // The answer depends on Accept, and an old page would name assets of an old build.
    void reply.headers({ ...SECURITY_HEADERS, vary: 'accept', 'cache-control': 'no-cache' });
    return page === undefined
      ? reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
      : reply.type('text/html; charset=utf-8').send(page);
  });
  if (page === undefined) {
    return;
  }
  await app.register(fastifyStatic, {
    root: path.resolve(assetsDir, 'assets'),
    prefix: '/explorer/assets/',
    index: false,
    decorateReply: false,
    // The build writes the .gz files.
    preCompressed: true,
    // A file name has the hash of the content.
    immutable: true,
    maxAge: '1y',
    setHeaders: (reply: FastifyReply) => void reply.headers(SECURITY_HEADERS),
  });
}

/**
 * Whether an Accept header is that of a browser opening a page: it names text/html, and prefers it to JSON. A wildcard, which
 * curl sends, is no page visit.
 */
export function isPageVisit(accept: string | undefined): boolean {
  const weights = new Map((accept ?? '').toLowerCase().split(',').map(mediaRange));
  const html = weights.get('text/html') ?? 0;
  const json = Math.max(
    weights.get('application/json') ?? 0,
    weights.get('application/graphql-response+json') ?? 0,
  );
  return html > json;
}

/** A media range, and its weight from 0 to 1 (RFC 9110, section 12.4.2). */
function mediaRange(text: string): [type: string, weight: number] {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return [type, weight === undefined ? 1 : Number(weight.slice(2)) || 0];
}

/** The storage of a constraint strategy: one handler for each value. */
function createHandlerStorage<Handler>() {
  const handlers = new Map<string, Handler>();
  return {
    get: (value: string) => handlers.get(value) ?? null,
    set: (value: string, handler: Handler) => void handlers.set(value, handler),
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}
