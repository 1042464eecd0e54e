import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gql } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectApolloClient, sendHashes } from '../../clients/connect/apolloClient.js';
import { RequestsDocument } from '../../generated/graphql.js';
import { apolloForm } from '../../support/clientForms.js';
import { startGateway, type GraphQLAnswer, type TestGateway } from '../../support/gateway.js';

/** As `npm run codegen` writes it. */
const GENERATED = JSON.parse(readFileSync('test/generated/trusted-documents.json', 'utf8')) as Record<
  string,
  string
>;
const [documentId, document] = Object.entries(GENERATED).find(([, text]) => text.includes('query Calls('))!;
const hash = sha256(document);

const FOLLOW = 'subscription Follow($id: ID!) { requestProgress(id: $id) { status } }';
/** As Relay's compiler names a document by default. */
const FOLLOW_ID = createHash('md5').update(FOLLOW).digest('hex');

const directory = mkdtempSync(path.join(tmpdir(), 'trusted-documents-'));
let enforcing: TestGateway;
let logging: TestGateway;
let off: TestGateway;
beforeAll(async () => {
  const start = (TRUSTED_DOCUMENTS: string, content: object) => {
    const file = path.join(directory, TRUSTED_DOCUMENTS);
    writeFileSync(file, JSON.stringify(content));
    return startGateway({ environment: { TRUSTED_DOCUMENTS, TRUSTED_DOCUMENTS_FILE: file } });
  };
  const operations = Object.entries(GENERATED).map(([id, body]) => ({ id, body, name: '', type: '' }));
  [enforcing, logging, off] = await Promise.all([
    start('enforce', { ...GENERATED, [FOLLOW_ID]: FOLLOW }),
    // Apollo's manifest.
    start('log', { format: 'apollo-persisted-query-manifest', version: 1, operations }),
    startGateway(),
  ]);
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await Promise.all([enforcing.stop(), logging.stop(), off.stop()]);
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The parameters of a client that sends the hash of a document. */
const hashed = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

async function get(gateway: TestGateway, parameters: Record<string, unknown>) {
  const search = new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  const headers = { 'apollo-require-preflight': '1' };
  const response = await fetch(`${gateway.url}/graphql?${search.toString()}`, { headers });
  return { status: response.status, body: (await response.json()) as GraphQLAnswer };
}

async function stream(gateway: TestGateway, body: unknown) {
  const response = await fetch(`${gateway.url}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

describe('a trusted document', () => {
  it.each([
    ['its id', { documentId }],
    ['its SHA-256', { documentId: hash }],
    ['its hash as a persisted query', hashed(hash)],
    ['its text', { query: document }],
    ['its text and hash', { query: document, ...hashed(hash) }],
    ['its hash, and variables', { ...hashed(hash), variables: { first: 1 } }],
  ])('is executed by %s, in POST and GET', async (_, parameters) => {
    for (const gateway of [enforcing, logging]) {
      for (const answer of [await gateway.post(parameters), await get(gateway, parameters)]) {
        expect(answer).toMatchObject({ status: 200, body: { data: { calls: { nodes: [] } } } });
      }
    }
  });

  it('may be a subscription, with an id of the file', async () => {
    const variables = { id: 'request_AAAA' };
    for (const parameters of [{ documentId: FOLLOW_ID }, hashed(FOLLOW_ID), { query: apolloForm(FOLLOW) }]) {
      const answer = await stream(enforcing, { ...parameters, variables });
      expect(answer.text).toContain('request_AAAA');
      expect(answer.text).not.toMatch(/FORBIDDEN|PERSISTED/);
    }
  });

  it('is executed with __typename added, in the order of its source', async () => {
    const query = apolloForm(RequestsDocument.toString());
    for (const answer of [await enforcing.post({ query }), await get(enforcing, { query })]) {
      expect(answer.body).toMatchObject({
        data: { requests: { __typename: 'MembershipRequestConnection' } },
      });
    }
  });

  it('is known by the hash of a form of it, once a client has sent the form', async () => {
    const query = `# Calls\n${apolloForm(document)}`;
    for (const gateway of [enforcing, logging]) {
      const before = await gateway.post(hashed(sha256(query)));
      expect(before.body.errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }]);
      await gateway.post({ query, ...hashed(sha256(query)) });
      const after = await gateway.post(hashed(sha256(query)));
      expect(after.body).toMatchObject({ data: { calls: { __typename: 'UpstreamCallConnection' } } });
    }
  });
});

describe('an unknown id', () => {
  it.each([
    [
      'documentId',
      { documentId: 'sha256:0000' },
      'documentId: expected the id of a trusted document, got "sha256:0000"',
    ],
    // The words by which urql and older clients decide to send the document.
    ['hash', hashed('0000'), 'PersistedQueryNotFound'],
  ])('has a code of its own, as %s', async (_, parameters, message) => {
    const errors = [{ message, extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }];
    for (const gateway of [enforcing, logging]) {
      expect(await gateway.post(parameters)).toMatchObject({ status: 400, body: { errors } });
      expect(await get(gateway, parameters)).toMatchObject({ status: 400, body: { errors } });
      expect(await stream(gateway, parameters)).toMatchObject({
        status: 400,
        text: expect.stringContaining('PERSISTED_QUERY_NOT_FOUND'),
      });
    }
  });

  it('has another code when trusted documents are off', async () => {
    for (const parameters of [{ documentId }, hashed(hash), { query: document, ...hashed(hash) }]) {
      const { body } = await off.post(parameters);
      expect(body.errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }]);
    }
  });
});

describe('a client that sends hashes first', () => {
  const query = '{ administrators { id } }';

  it('then sends the document, if trusted documents are off or only logged', async () => {
    for (const gateway of [off, logging]) {
      const url = `${gateway.url}/graphql`;
      const apollo = connectApolloClient(url, 'none');
      sendHashes(apollo);
      expect(await apollo.query({ query: gql(query) })).toMatchObject({ data: { administrators: [{}] } });
      const urql = new Client({
        url,
        exchanges: [persistedExchange(), fetchExchange],
        // For a GET without a token.
        fetchOptions: { headers: { 'apollo-require-preflight': '1' } },
      });
      expect(await urql.query(query, {})).toMatchObject({ data: { administrators: [{}] } });
    }
  });
});

describe('any other document', () => {
  const query = '{ administrators { id } }';

  it.each([
    ['alone', { query }],
    ['with an empty id', { query, documentId: '' }],
    ['with null for an id', { query, documentId: null }],
    ['with the id of a trusted document', { query, documentId }],
    ['with the hash of a trusted document', { query, ...hashed(hash) }],
    ['beside introspection', { query: '{ __schema { description } administrators { id } }' }],
    ['after introspection', { query: `query A { __typename } query B ${query}`, operationName: 'B' }],
    ['in a fragment', { query: '{ ...A } fragment A on Query { administrators { id } }' }],
    ['with another argument', { query: document.replace('first: $first', 'first: 1, after: $after') }],
    ['that cannot be parsed', { query: '{' }],
  ])('is refused with mode enforce: %s', async (_, parameters) => {
    for (const answer of [await enforcing.post(parameters), await get(enforcing, parameters)]) {
      expect(answer).toMatchObject({
        status: 403,
        body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
      });
    }
  });

  it('is refused on the stream too', async () => {
    const { status } = await stream(enforcing, { query: 'subscription { requestProgress(id: "x") { id } }' });
    expect(status).toBe(403);
  });

  it('is refused in an address that is read in two ways', async () => {
    const trusted = encodeURIComponent(document);
    const other = encodeURIComponent(query);
    const headers = { 'apollo-require-preflight': '1' };
    for (const search of [`query=${trusted}&query=${other}`, `query=${other}&query=${trusted}`]) {
      const { status } = await fetch(`${enforcing.url}/graphql?${search}`, { headers });
      expect(status).toBeOneOf([400, 403]);
    }
  });

  it('is executed with mode log', async () => {
    expect((await logging.post({ query })).status).toBe(200);
    expect((await logging.post({ query, ...hashed(sha256(query)) })).status).toBe(200);
  });
});

describe('an introspection query', () => {
  it('is executed with mode enforce', async () => {
    const { status, body } = await enforcing.post({ query: getIntrospectionQuery() });
    expect([status, body.errors]).toEqual([200, undefined]);
  });
});
