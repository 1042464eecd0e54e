import { cacheExchange, Client, fetchExchange } from '@urql/core';
import { ClientError, GraphQLClient } from 'graphql-request';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { connectApolloClient } from './connect/apolloClient.js';
import { apolloTestClient } from './apolloClient.js';

const QUERY = '{ administrators { id } }';

/** What a client sends in addition, by docs/clients.md. */
const PREFLIGHT = { 'apollo-require-preflight': 'true' };

/** The refusal of a request that a page of another origin could have sent. */
const REFUSAL = /send Content-Type: application\/json, or apollo-require-preflight with any value$/;

let gateway: TestGateway;
let url: string;
beforeAll(async () => {
  gateway = await startGateway();
  url = `${gateway.url}/graphql`;
});
afterAll(() => gateway.stop());

describe('without a token', () => {
  const urql = (options: { headers?: Record<string, string>; preferGetMethod?: false } = {}) => {
    const { headers = {}, ...rest } = options;
    const client = new Client({
      url,
      exchanges: [cacheExchange, fetchExchange],
      fetchOptions: { headers },
      ...rest,
    });
    return client.query(QUERY, {}).toPromise();
  };

  it('urql, which sends queries by GET, is told what to do, and works with either line', async () => {
    const refused = await urql();
    expect(refused.error?.graphQLErrors).toMatchObject([
      { message: expect.stringMatching(REFUSAL), extensions: { code: 'BAD_REQUEST' } },
    ]);
    for (const options of [{ headers: PREFLIGHT }, { preferGetMethod: false }] as const) {
      expect((await urql(options)).data).toMatchObject({ administrators: [{ id: 'default' }] });
    }
  });

  it('graphql-request works by POST, and by GET with one line', async () => {
    const request = (method: 'GET' | 'POST', headers: Record<string, string> = {}) =>
      new GraphQLClient(url, { method, headers }).request(QUERY);
    await expect(request('POST')).resolves.toMatchObject({ administrators: [{ id: 'default' }] });
    await expect(request('GET', PREFLIGHT)).resolves.toMatchObject({ administrators: [{ id: 'default' }] });
    const error: unknown = await request('GET').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ClientError);
    expect((error as ClientError).response.errors?.[0]?.message).toMatch(REFUSAL);
  });

  it('Apollo Client works as installed', async () => {
    const { data } = await apolloTestClient(connectApolloClient(url, '')).run('administrators');
    expect(data).toMatchObject({ administrators: [{ id: 'default' }] });
  });
});
