import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

export interface ExplorerOptions {
  /** Where `vite build explorer` put index.html and assets/ (dist/explorer). It may be missing. */
  readonly assetsDir: string;
}

/**
 * What the page may do: load from its own origin and talk to its own origin, nothing else. One thing is loosened,
 * style-src, and both halves of it are needed: Monaco lays its lines out with style attributes, and Monaco and
 * GraphiQL's dialogs write style elements at run time, their text unknown before and without a nonce. Styles cannot
 * carry anything off: what they could load, images and fonts, is held to this origin.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  // Monaco's stylesheet draws a few of its marks with data: images.
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
  'The explorer is not built. Build it with "npx vite build explorer" and start the gateway again. ' +
  'The API does not need it: POST to this address.\n';

/**
 * Puts the GraphiQL page on GET /graphql and its assets under /explorer/. The route on /graphql matches page visits
 * only (see isPageVisit), by a route constraint: every other request goes to whatever else is registered there,
 * before or after. Where the explorer is not built, a page visit gets 503 and a line that says how to build it.
 */
export async function registerExplorer(app: FastifyInstance, { assetsDir }: ExplorerOptions): Promise<void> {
  app.addConstraintStrategy({
    name: 'pageVisit',
    storage: oneHandlerPerValue,
    deriveConstraint: (request) => (isPageVisit(request.headers.accept) ? 'yes' : undefined),
  });
  const page = await readFile(path.join(assetsDir, 'index.html'), 'utf8').catch(absent);
  if (page === undefined) {
    app.log.warn({ assetsDir }, 'the explorer is not built');
  }

  app.get('/graphql', { constraints: { pageVisit: 'yes' } }, (_request, reply) => {
    // The address answers others differently, and the page names its assets by hash: never serve yesterday's.
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
    // vite.config.ts writes the .gz files.
    preCompressed: true,
    // Every name carries the hash of the content.
    immutable: true,
    maxAge: '1y',
    setHeaders: (reply: FastifyReply) => void reply.headers(SECURITY_HEADERS),
  });
}

/**
 * Whether an Accept header is a browser's that wants a page: text/html by name, and rather than JSON. A program that
 * takes anything (curl sends only a wildcard) is no visit.
 */
export function isPageVisit(accept: string | undefined): boolean {
  const wanted = new Map((accept ?? '').toLowerCase().split(',').map(mediaRange));
  const html = wanted.get('text/html') ?? 0;
  const json = Math.max(
    wanted.get('application/json') ?? 0,
    wanted.get('application/graphql-response+json') ?? 0,
  );
  return html > json;
}

/** A media range and its weight, 0 to 1 (RFC 9110, section 12.4.2). */
function mediaRange(text: string): [type: string, weight: number] {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return [type, weight === undefined ? 1 : Number(weight.slice(2)) || 0];
}

/** The storage that a constraint strategy needs: the handler registered for each value. */
function oneHandlerPerValue<Handler>() {
  const handlers = new Map<string, Handler>();
  return {
    get: (value: string) => handlers.get(value) ?? null,
    set: (value: string, handler: Handler) => void handlers.set(value, handler),
  };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}
