import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, type TestBrowser } from '../support/browser.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const BASE = '/members';

let gateway: TestGateway;
let chromium: TestBrowser;
const closers = new AsyncDisposableStack();
beforeAll(async () => {
  chromium = closers.use(await launchBrowser());
  gateway = await startGateway({ environment: { PUBLIC_URL: `http://127.0.0.1${BASE}/` } });
  closers.defer(() => gateway.stop());
});
afterAll(() => closers.disposeAsync());

/** A proxy that answers below /members/ alone. */
async function startProxy(cutsPath: boolean): Promise<Server> {
  const proxy = createServer((request, response) => {
    const path = request.url ?? '';
    if (!path.startsWith(`${BASE}/`)) {
      response.writeHead(404).end();
      return;
    }
    const { method, headers } = request;
    const forwarded = httpRequest(`${gateway.url}${cutsPath ? path.slice(BASE.length) : path}`, {
      method,
      headers,
    });
    forwarded.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return proxy;
}

describe.each([
  ['cuts the path off', true],
  ['hands the path on', false],
])('behind a proxy that %s', (_what, cutsPath) => {
  let proxy: Server;
  let url: string;
  beforeAll(async () => {
    proxy = await startProxy(cutsPath);
    url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${BASE}`;
  });
  afterAll(() => {
    proxy.closeAllConnections();
    proxy.close();
  });

  it('GraphiQL opens in a browser and runs its first tab', async () => {
    const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 1600 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    context.on('response', (response) => {
      if (!response.url().startsWith(`${url}/`) || response.status() !== 200) {
        complaints.push(`${response.status()} ${response.url()}`);
      }
    });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        complaints.push(`console: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
    await page.goto(`${url}/graphql`);
    await page.locator('[data-uri$="operation.graphql"] .view-lines').waitFor();
    const answered = page.waitForResponse(
      (answer) => answer.request().postData()?.includes('mutation') ?? false,
    );
    await page.getByRole('button', { name: 'Execute query' }).click();
    expect(await (await answered).json()).toMatchObject({ data: { createMembers: { userErrors: [] } } });
    await context.close();
    expect(complaints).toEqual([]);
  });

  it.each([
    '/health/live',
    '/health/ready',
    '/metrics',
    '/export/outcomes.csv',
    '/graphql?query={__typename}',
  ])('%s answers', async (path) => {
    const headers = { 'apollo-require-preflight': 'true' };
    expect((await fetch(`${url}${path}`, { headers })).status).toBe(200);
    // A probe comes without the proxy.
    expect((await fetch(`${gateway.url}${path}`, { headers })).status).toBe(200);
  });
});

it('an address that only begins like the base path is another', async () => {
  expect((await fetch(`${gateway.url}${BASE}x/health/live`)).status).toBe(404);
});
