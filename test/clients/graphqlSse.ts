import { createClient, NetworkError, type Client } from 'graphql-sse';
import { connectGraphqlSse } from './connect/graphqlSse.js';
import {
  codesOf,
  DOCUMENTS,
  type ClientAnswer,
  type ShownError,
  type TestClient,
  type Variables,
} from './documents.js';

/** With all operations on one stream. */
export function graphqlSseShared(url: string, token: string): TestClient {
  const headers = { authorization: `Bearer ${token}` };
  return testClient(createClient({ url, headers, retryAttempts: 0, singleConnection: true }));
}

export function graphqlSse(url: string, token: string): TestClient {
  return testClient(connectGraphqlSse(url, token, { retryAttempts: 0 }));
}

function testClient(client: Pick<Client, 'iterate'>): TestClient {
  const resultsOf = async (query: string, variables: Variables): Promise<ClientAnswer[]> => {
    const results: ClientAnswer[] = [];
    try {
      for await (const { data, errors } of client.iterate({ query, variables })) {
        results.push({ data, codes: codesOf(errors) });
      }
    } catch (error) {
      results.push(await refusalOf(error));
    }
    return results;
  };
  return {
    async run(name, variables = {}) {
      const [answer = { data: null, codes: [] }] = await resultsOf(DOCUMENTS[name], variables);
      return answer;
    },
    follow: (variables) => resultsOf(DOCUMENTS.follow, variables),
  };
}

/** The answer inside the error for a refused operation. */
async function refusalOf(error: unknown): Promise<ClientAnswer> {
  if (!(error instanceof NetworkError) || !(error.response instanceof Response)) {
    throw error;
  }
  const { errors } = (await error.response.json()) as { errors: readonly ShownError[] };
  return { data: null, codes: codesOf(errors) };
}
