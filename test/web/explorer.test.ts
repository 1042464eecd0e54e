import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TABS } from '../../web/explorer/tabs.js';
import { launchBrowser, type TestBrowser } from '../support/browser.js';
import { CreateMembersDocument } from '../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';

const NAMES = [
  'CreateMembers',
  'InviteMembers',
  'Outcomes',
  'Requests',
  'RequestDetails',
  'RequestProgress',
  'Account',
  'Accounts',
  'Reconcile',
  'DisassociateMembers',
];

/** GraphiQL applies typed text after 0.1 s and stores it after 0.5 s. */
const SETTLED_MS = 700;

interface MembersAnswer {
  data: { createMembers: { request: { id: string; status: string }; userErrors: unknown[] } };
}

let gateway: TestGateway;
let origin: string;
let chromium: TestBrowser;
let page: Page;
/** Requests to other origins, and errors of the page. */
let complaints: string[];

const closers = new AsyncDisposableStack();

beforeAll(async () => {
  chromium = closers.use(await launchBrowser());
  gateway = await startGateway();
  closers.defer(() => gateway.stop());
  origin = new URL(gateway.url).origin;
});

afterAll(() => closers.disposeAsync());

describe('the explorer', () => {
  beforeEach(async () => {
    complaints = [];
    const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 1600 } });
    page = await context.newPage();
    context.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) {
        complaints.push(`request to ${request.url()}`);
      }
    });
    // A violation of the Content-Security-Policy, in a worker too, is a console error.
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        complaints.push(`console: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
    await page.goto(`${origin}/graphql`);
    await editor('operation.graphql').waitFor();
  });

  afterEach(async () => {
    await page.context().close();
    expect(complaints).toEqual([]);
  });

  it('opens with its tabs, and the first tab can run', async () => {
    expect(await page.title()).toBe('Membership gateway');
    for (const name of NAMES) {
      expect(await tab(name).count(), name).toBe(1);
    }
    await expectText('operation.graphql', '# Adds accounts as members');
    await expectText('variables.json', '"accountId": "210987654321"');
  });

  it('runs the first tab and shows the answer: one request added every account', async () => {
    const answered = page.waitForResponse(
      (response) => response.request().postData()?.includes('mutation') ?? false,
    );
    await page.getByRole('button', { name: 'Execute query' }).click();
    const answer = (await (await answered).json()) as MembersAnswer;
    expect(answer.data.createMembers).toMatchObject({ request: { status: 'SUCCEEDED' }, userErrors: [] });
    await expectText('response.json', `"id": "${answer.data.createMembers.request.id}"`);
    await expectText('response.json', '"status": "SUCCEEDED"');
  });

  it('sends a typed header from every tab, and does not store it', async () => {
    await page.getByRole('button', { name: 'Headers' }).click();
    await editor('request-headers.json').click();
    await page.keyboard.insertText('{"authorization": "Bearer a-token-typed-in"}');
    await page.waitForTimeout(SETTLED_MS);
    for (const name of ['CreateMembers', 'Requests']) {
      await tab(name).click();
      await page.waitForTimeout(SETTLED_MS);
      const sent = page.waitForRequest((request) => request.postData()?.includes(`"${name}"`) ?? false);
      await page.getByRole('button', { name: 'Execute query' }).click();
      expect((await sent).headers()['authorization'], name).toBe('Bearer a-token-typed-in');
    }
    await expect.poll(stored).toContain('"activeTabIndex":3');
    await page.waitForTimeout(SETTLED_MS);
    expect(await stored()).not.toContain('a-token-typed-in');
  });

  it('watches a request to its end', async () => {
    const input = { accounts: accounts(1_000), waitSeconds: 0 };
    const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
    await watch(createMembers?.request?.id ?? expect.fail('no request'));
    await expectText('response.json', '"requestProgress"');
    await expectText('response.json', '"status": "SUCCEEDED"');
    await page.getByRole('button', { name: 'Execute query' }).waitFor();
  });

  it('stops watching, and shows why a request cannot be watched', async () => {
    const input = { accounts: accounts(10_000), waitSeconds: 0 };
    const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
    await watch(createMembers?.request?.id ?? expect.fail('no request'));
    await expectText('response.json', '"status": "RUNNING"');
    const ended = page.waitForEvent('requestfailed');
    await page.getByRole('button', { name: 'Stop query' }).click();
    expect((await ended).failure()?.errorText).toContain('ERR_ABORTED');
    await page.getByRole('button', { name: 'Execute query' }).waitFor();
    await watch('request_none');
    await expectText('response.json', '"code": "BAD_USER_INPUT"');
  });

  it('restores the open tab with its variables', async () => {
    await tab('RequestDetails').click();
    await expect.poll(stored).toContain('"activeTabIndex":4');
    await page.reload();
    await expectText('operation.graphql', '# One request, call by call');
    await expectText('variables.json', '"id": "request_..."');
    expect(await page.getByRole('tab').count()).toBe(NAMES.length);
  });
});

describe('the tabs', () => {
  const tabs = TABS.map((starting, i) => ({ name: NAMES[i] ?? '', ...starting }));

  it.each(tabs.filter(({ name }) => name !== 'RequestProgress'))(
    '$name is a valid operation',
    async ({ name, query, variables }) => {
      expect(query).toMatch(new RegExp(`^(query|mutation) ${name}\\b`, 'm'));
      const { status, body } = await gateway.post({ query, variables: JSON.parse(variables) as unknown });
      expect(body.errors).toBeUndefined();
      expect(status).toBe(200);
    },
  );
});

/** Returns everything that the page stores in the browser. */
async function stored(): Promise<string> {
  const { cookies, origins } = await page.context().storageState({ indexedDB: true });
  const session = await page.evaluate<Record<string, string>>('({ ...sessionStorage })');
  const local = origins.flatMap(({ localStorage }) => localStorage.map(({ value }) => value));
  return [...local, ...Object.values(session), JSON.stringify([cookies, origins])].join('\n');
}

/** Puts an id into the tab RequestProgress, and runs it. */
async function watch(id: string): Promise<void> {
  await tab('RequestProgress').click();
  await expectText('operation.graphql', 'subscription RequestProgress');
  await editor('variables.json').click();
  await page.keyboard.press('ControlOrMeta+A');
  // Monaco would put a quotation mark around a selection.
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(JSON.stringify({ id }));
  await page.waitForTimeout(SETTLED_MS);
  await page.getByRole('button', { name: 'Execute query' }).click();
}

function tab(name: string) {
  // The open tab has more in its name.
  return page.getByRole('tab', { name: new RegExp(`^${name}\\b`) });
}

/** One of Monaco's editors, by the name that GraphiQL gives its document. */
function editor(name: string) {
  return page.locator(`[data-uri$="${name}"] .view-lines`);
}

/** Waits until the editor shows `text`, white space aside: Monaco wraps lines and writes non-breaking spaces. */
async function expectText(name: string, text: string): Promise<void> {
  await expect.poll(async () => withoutSpace(await editor(name).innerText())).toContain(withoutSpace(text));
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s/g, '');
}
