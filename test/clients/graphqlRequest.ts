import { ClientError } from 'graphql-request';
import { connectGraphqlRequest } from './connect/graphqlRequest.js';
import { codesOf, DOCUMENTS, type TestClient } from './documents.js';
import { graphqlSse } from './graphqlSse.js';

/** graphql-request has no subscriptions: graphql-sse follows. */
export function graphqlRequest(url: string, token: string): TestClient {
  const client = connectGraphqlRequest(url, token);
  return {
    async run(name, variables = {}) {
      try {
        return { data: await client.request(DOCUMENTS[name], variables), codes: [] };
      } catch (error) {
        if (!(error instanceof ClientError)) {
          throw error;
        }
        return { data: error.response.data, codes: codesOf(error.response.errors) };
      }
    },
    follow: graphqlSse(url, token).follow,
  };
}
