import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fastify, type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONTENT_SECURITY_POLICY, isPageVisit, registerExplorer } from '../../../src/http/routes/explorer.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const SCRIPT = 'export const loaded = true;';

let app: FastifyInstance;
let assetsDir: string;

beforeEach(async () => {
  app = fastify();
  assetsDir = await mkdtemp(path.join(tmpdir(), 'explorer-'));
});

afterEach(async () => {
  await app.close();
  await rm(assetsDir, { recursive: true });
});

describe('a page visit', () => {
  it.each([BROWSER, 'text/html', 'TEXT/HTML;q=0.9, application/json;q=0.1'])('is %s', (accept) => {
    expect(isPageVisit(accept)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'text/*',
    'application/json',
    'text/html;q=0',
    'application/json, text/html',
    'application/graphql-response+json, text/html;q=0.5',
  ])('is not %s', (accept) => {
    expect(isPageVisit(accept)).toBe(false);
  });
});

describe('GET /graphql', () => {
  it('answers a page visit with the page and leaves every other request to the API', async () => {
    await startBuilt();
    const visit = await app.inject({ url: '/graphql', headers: { accept: BROWSER } });
    expect(visit.body).toBe('<p>page</p>');
    expect(visit.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
      vary: 'accept',
    });
    for (const request of [
      { method: 'GET', accept: '*/*' },
      { method: 'GET', accept: 'application/json' },
      { method: 'POST', accept: BROWSER },
      { method: 'OPTIONS', accept: BROWSER },
    ] as const) {
      const answer = await app.inject({
        url: '/graphql',
        method: request.method,
        headers: { accept: request.accept },
      });
      expect(answer.json(), `${request.method} ${request.accept}`).toEqual({ api: true });
      expect(answer.headers).not.toHaveProperty('content-security-policy');
    }
  });

  it('answers with how to build the page when it is not built, and the API still works', async () => {
    await start(path.join(assetsDir, 'missing'));
    const visit = await app.inject({ url: '/graphql', headers: { accept: BROWSER } });
    expect(visit.statusCode).toBe(503);
    expect(visit.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(visit.body).toBe(
      'The explorer is not built. Build it with "npm run build" and start the gateway again. ' +
        'The API does not need it: POST to this address.\n',
    );
    expect((await app.inject({ url: '/graphql', method: 'POST' })).json()).toEqual({ api: true });
  });
});

it('GET / leads a page visit to the page, and nothing else', async () => {
  await startBuilt();
  const visit = await app.inject({ url: '/', headers: { accept: BROWSER } });
  expect(visit.statusCode).toBe(302);
  expect(visit.headers).toMatchObject({ location: '/members/graphql', vary: 'accept' });
  expect((await app.inject({ url: '/', headers: { accept: '*/*' } })).statusCode).toBe(404);
});

describe('an asset of the page', () => {
  it('may be cached for ever and has the policy of the page', async () => {
    await startBuilt();
    const answer = await app.inject({ url: '/explorer/assets/main-abc.js' });
    expect(answer.body).toBe(SCRIPT);
    expect(answer.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    '/explorer/assets/none.js',
    '/explorer/assets/',
    '/explorer/assets/..%2Findex.html',
    '/explorer/index.html',
  ])('is served from the build only: not %s', async (url) => {
    await startBuilt();
    expect((await app.inject({ url })).statusCode).toBeOneOf([403, 404]);
  });
});

async function startBuilt(): Promise<void> {
  await mkdir(path.join(assetsDir, 'assets'));
  await writeFile(path.join(assetsDir, 'index.html'), '<p>page</p>');
  await writeFile(path.join(assetsDir, 'assets', 'main-abc.js'), SCRIPT);
  await start(assetsDir);
}

async function start(directory: string): Promise<void> {
  await registerExplorer(app, { assetsDir: directory, basePath: '/members' });
  app.route({ url: '/graphql', method: ['POST', 'GET', 'OPTIONS'], handler: async () => ({ api: true }) });
}
