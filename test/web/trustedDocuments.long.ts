import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TABS } from '../../web/explorer/tabs.js';
import { launchBrowser } from '../support/browser.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
let page: Page;
const complaints: string[] = [];
const closers = new AsyncDisposableStack();

beforeAll(async () => {
  const { browser } = closers.use(await launchBrowser());
  const folder = await mkdtemp(path.join(tmpdir(), 'trusted-documents-'));
  closers.defer(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'documents.json');
  // All tabs but the second.
  const trusted = TABS.filter((_tab, place) => place !== 1).map(({ query }, place) => [`tab${place}`, query]);
  await writeFile(file, JSON.stringify(Object.fromEntries(trusted)));
  gateway = await startGateway({
    environment: {
      AUTH_MODE: 'token',
      INTROSPECTION: 'authenticated',
      TRUSTED_DOCUMENTS: 'enforce',
      TRUSTED_DOCUMENTS_FILE: file,
    },
  });
  closers.defer(() => gateway.stop());
  const context = await browser.newContext({ viewport: { width: 1280, height: 1600 } });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
});
afterAll(() => closers.disposeAsync());

const editor = (name: string) => page.locator(`[data-uri$="${name}"] .view-lines`);
const answerTo = (text: string) =>
  page.waitForResponse((response) => response.request().postData()?.includes(text) ?? false);
async function execute(tab: string): Promise<unknown> {
  await page.getByRole('tab', { name: tab }).click();
  // GraphiQL reads the operation of a tab a moment after it shows it.
  await page.waitForTimeout(700);
  const answered = answerTo(`"operationName":"${tab}"`);
  await page.getByRole('button', { name: 'Execute query' }).click();
  return (await (await answered).json()) as unknown;
}

it('GraphiQL reads the schema with a token, runs the trusted tabs, and shows why another one is refused', async () => {
  await page.goto(`${gateway.url}/graphql`);
  await editor('operation.graphql').waitFor();
  await page.getByRole('button', { name: 'Headers' }).click();
  await editor('request-headers.json').click();
  const token = await gateway.token('explorer', 'OPERATOR');
  const introspection = answerTo('__schema');
  await page.keyboard.insertText(JSON.stringify({ authorization: `Bearer ${token}` }));
  // The header is applied to the next read of the schema.
  await page.waitForTimeout(700);
  await page.getByRole('button', { name: 'Re-fetch GraphQL schema' }).click();
  expect(await (await introspection).json()).toMatchObject({
    data: { __schema: { queryType: { name: 'Query' } } },
  });
  expect(await execute('CreateMembers')).toMatchObject({ data: { createMembers: { userErrors: [] } } });
  expect(await execute('Requests')).toMatchObject({
    data: { requests: { nodes: expect.any(Array) as unknown } },
  });
  expect(await execute('InviteMembers')).toMatchObject({
    errors: [
      {
        message: expect.stringContaining('expected a trusted document') as unknown,
        extensions: { code: 'FORBIDDEN' },
      },
    ],
  });
  await expect.poll(() => editor('response.json').innerText()).toContain('FORBIDDEN');
  expect(complaints).toEqual([]);
});
