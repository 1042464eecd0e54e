import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { cacheExchange, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { accounts, type GraphQLAnswer } from '../support/gateway.js';
import { launchBrowser } from '../support/browser.js';
import { apolloClient, apolloTestClient } from './apolloClient.js';
import { startClientGateway, type ClientGateway } from './clientGateway.js';
import { connectApolloClient, sendHashes } from './connect/apolloClient.js';
import { connectUrql } from './connect/urql.js';
import {
  DOCUMENTS,
  type ClientAnswer,
  type ConnectTestClient,
  type DocumentName,
  type TestClient,
  type Variables,
} from './documents.js';
import { graphqlRequest } from './graphqlRequest.js';
import { graphqlSse, graphqlSseShared } from './graphqlSse.js';
import { serveOtherOrigin } from './otherOrigin.js';
import { membershipGatewayClient } from './membershipGatewayClient.js';
import { relay } from './relay.js';
import { withTexts } from './relayArtifacts.js';
import { urql, urqlTestClient } from './urql.js';

const CLIENTS: Record<string, ConnectTestClient> = {
  'membership-gateway-client': membershipGatewayClient,
  'Apollo Client': apolloClient,
  urql,
  Relay: (url, token) => relay(gateway.artifacts)(url, token),
  'graphql-request': graphqlRequest,
  'graphql-sse': graphqlSse,
};
const NAMES = Object.keys(CLIENTS);

/** An error of each class. */
const FAULTS: readonly Fault[] = [
  {
    fault: 'a bad input',
    caller: 'operator',
    document: 'requests',
    variables: { first: 'many' },
    code: 'BAD_USER_INPUT',
  },
  {
    fault: 'too large an operation',
    caller: 'operator',
    document: 'outcomes',
    variables: { first: 100, each: 100 },
    code: 'LIMIT_EXCEEDED',
  },
  {
    fault: 'a role that may not',
    caller: 'viewer',
    document: 'add',
    variables: { input: { accounts: accounts(1) } },
    code: 'FORBIDDEN',
  },
  { fault: 'no token', caller: 'none', code: 'UNAUTHENTICATED' },
  { fault: 'a spent budget', caller: 'spent', code: 'RATE_LIMITED' },
  { fault: 'an issuer that is away', caller: 'issued', code: 'UNAVAILABLE' },
];

interface Fault {
  readonly fault: string;
  readonly caller: 'operator' | keyof ClientGateway['tokens'];
  /** By default `administrators`. */
  readonly document?: DocumentName;
  readonly variables?: Variables;
  readonly code: string;
}

const closers = new AsyncDisposableStack();
let gateway: ClientGateway;
let page: Page;
/** A request of the record. */
let requestId: string;

beforeAll(async () => {
  const other = closers.adopt(await serveOtherOrigin(), ({ stop }) => stop());
  const [started, { browser }] = await Promise.all([startClientGateway(other.url), launchBrowser()]);
  closers.use(started);
  closers.defer(() => browser.close());
  gateway = started;
  page = await browser.newPage();
  await page.goto(other.url);
});
afterAll(() => closers.disposeAsync());

describe.each(NAMES)('%s', (name) => {
  const connect = CLIENTS[name]!;
  let token: string;
  let client: TestClient;
  beforeAll(async () => {
    token = await gateway.operatorToken();
    client = connect(gateway.url, token);
  });

  it('runs a query', async () => {
    const { data, codes } = await client.run('administrators');
    expect(codes).toEqual([]);
    expect(data).toMatchObject({ administrators: [{ regions: ['us-east-1', 'eu-west-1'] }] });
  });

  it('runs a mutation', async () => {
    const firstAccount = 2 * NAMES.indexOf(name);
    for (const account of [firstAccount, firstAccount + 1]) {
      requestId = await addMember(client, account);
    }
  });

  it('follows a request', async () => {
    const results = await client.follow({ id: requestId });
    expect(results.at(-1)).toMatchObject(endOf(requestId));
  });

  it('turns pages', async () => {
    interface Page {
      requests: { edges: { node: { id: string } }[]; pageInfo: { endCursor: string; hasNextPage: boolean } };
    }
    const { data } = await client.run('requests', { first: 1 });
    const { requests } = data as Page;
    expect(requests).toMatchObject({ edges: [{ node: { id: requestId } }], pageInfo: { hasNextPage: true } });
    const next = await client.run('requests', { first: 1, after: requests.pageInfo.endCursor });
    const last = (next.data as Page).requests.edges.at(-1);
    expect(last?.node.id).toMatch(/^request_/);
    expect(last?.node.id).not.toBe(requestId);
  });

  it.each(FAULTS)('shows the code for $fault', async ({ caller, document, variables, code }) => {
    const used = caller === 'operator' ? token : gateway.tokens[caller];
    const { codes } = await connect(gateway.url, used).run(document ?? 'administrators', variables);
    expect(codes).toEqual([code]);
  });

  it('works on a page of another origin', async () => {
    const run = (used: string) =>
      page.evaluate(
        async ({ client: [clientName, artifacts, url, used], id }) => {
          const inPage = globalThis.connectClient(clientName, artifacts)(url, used);
          const answer = await inPage.run('administrators');
          return { answer, results: answer.codes.length > 0 ? [] : await inPage.follow({ id }) };
        },
        { client: [name, gateway.artifacts, gateway.url, used] as const, id: requestId },
      );
    const { answer, results } = await run(token);
    expect(answer).toMatchObject({ data: { administrators: [{ id: 'default' }] }, codes: [] });
    expect(results.at(-1)).toMatchObject(endOf(requestId));
    expect((await run(gateway.tokens.none)).answer.codes).toEqual(['UNAUTHENTICATED']);
  });
});

describe('graphql-sse with singleConnection', () => {
  const name = 'graphql-sse with singleConnection';

  it('runs all operations on one stream, on a page of another origin too', async () => {
    requestId = await addMember(graphqlSse(gateway.url, await gateway.operatorToken()), 900);
    const client = graphqlSseShared(gateway.url, gateway.tokens.viewer);
    const follow = () => client.follow({ id: requestId });
    const [{ codes }, ...followed] = await Promise.all([client.run('administrators'), follow(), follow()]);
    expect(codes).toEqual([]);
    expect(followed.map((results) => results.at(-1))).toMatchObject([endOf(requestId), endOf(requestId)]);
    const inPage = await page.evaluate(
      async ({ client: [clientName, artifacts, url, used], id }) =>
        globalThis.connectClient(clientName, artifacts)(url, used).follow({ id }),
      {
        client: [name, gateway.artifacts, gateway.url, gateway.tokens.viewer] as const,
        id: requestId,
      },
    );
    expect(inPage.at(-1)).toMatchObject(endOf(requestId));
  });
});

describe('a client with trusted documents', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    [
      'Apollo Client',
      (token: string) => {
        const client = connectApolloClient(gateway.url, token);
        sendHashes(client);
        return apolloTestClient(client).run;
      },
    ],
    [
      'urql',
      (token: string) =>
        urqlTestClient(connectUrql(gateway.url, token, [cacheExchange, persistedExchange(), fetchExchange]))
          .run,
    ],
  ])('sends the hash alone, once the gateway knows it: %s', async (_, connect) => {
    const run = connect(gateway.tokens.viewer);
    expect((await run('administrators')).codes).toEqual([]);
    const fetched = vi.spyOn(globalThis, 'fetch');
    expect((await run('administrators')).codes).toEqual([]);
    expect(fetched).toHaveBeenCalledOnce();
    const [[url, init] = []] = fetched.mock.calls;
    const sent = `${decodeURIComponent(url as string)} ${init?.body as string}`;
    expect(sent).toMatch(/"sha256Hash": ?"[0-9a-f]{64}"/);
    expect(sent).not.toContain('regions');
  });

  it('sends ids: Relay', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    await CLIENTS['Relay']!(gateway.url, gateway.tokens.viewer).run('administrators');
    const [[, { body } = {}] = []] = fetched.mock.calls;
    expect(JSON.parse(body as string)).toEqual({
      documentId: expect.stringMatching(/^[0-9a-f]{32}$/),
      query: '',
      variables: {},
    });
  });

  it('may send the documents as they are: Relay without persistConfig', async () => {
    const client = relay(withTexts(gateway.artifacts))(gateway.url, gateway.tokens.viewer);
    expect((await client.run('administrators')).codes).toEqual([]);
    expect((await client.follow({ id: requestId })).at(-1)).toMatchObject(endOf(requestId));
  });
});

describe('a document that is not trusted', () => {
  it('is refused, and costs its caller a point per 100 characters', async () => {
    const token = await gateway.operatorToken();
    const run = async (query: string) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
      return (await answer.json()) as GraphQLAnswer;
    };
    const budgetLeft = async () => {
      const { extensions } = await run(DOCUMENTS.administrators);
      return (extensions as { cost: { budget: { remaining: number } } }).cost.budget.remaining;
    };
    const before = await budgetLeft();
    const { errors } = await run(`{ administrators { id } } #${'x'.repeat(100_000)}`);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(before - (await budgetLeft())).toBeGreaterThan(1_000);
  });
});

describe('docs/clients.md', () => {
  const blocks = (language: string) =>
    [
      ...readFileSync('docs/clients.md', 'utf8').matchAll(
        new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'),
      ),
    ].map(([, block = '']) => block);

  it('shows the lines by which the clients here are connected', () => {
    const files = globSync('test/clients/connect/*.ts').map((file) => readFileSync(file, 'utf8'));
    expect(blocks('ts').toSorted()).toEqual(files.toSorted());
  });

  const commands = blocks('sh').filter((block) => block.includes('curl'));

  it('shows commands', () => {
    expect(commands.length).toBeGreaterThan(1);
  });

  it.each(commands)('shows a command that works: %s', async (block) => {
    const env = { ...process.env, GATEWAY: new URL('/', gateway.url).origin, TOKEN: gateway.tokens.viewer };
    const { stdout } = await promisify(execFile)('bash', ['-c', block.replace('request_...', requestId)], {
      env,
    });
    expect(stdout).toMatch(/"regions":|"status":"SUCCEEDED"/);
    expect(stdout).not.toContain('"errors"');
  });
});

/** Adds a member and returns the id of the request. */
async function addMember(client: TestClient, account: number): Promise<string> {
  const input = { accounts: accounts(1, account), services: ['SECURITY_HUB'], regions: ['us-east-1'] };
  const { data, codes } = await client.run('add', { input: { ...input, waitSeconds: 0 } });
  expect(codes).toEqual([]);
  const { createMembers } = data as { createMembers: { request: { id: string }; userErrors: unknown[] } };
  expect(createMembers.userErrors).toEqual([]);
  return createMembers.request.id;
}

/** The last result of a subscription. */
function endOf(id: string): ClientAnswer {
  const requestProgress = { id, status: 'SUCCEEDED', counts: { total: 1, processed: 1 } };
  return { data: { requestProgress }, codes: [] };
}
