import type { Client, CombinedError } from '@urql/core';
import { connectUrql } from './connect/urql.js';
import { codesOf, DOCUMENTS, type ClientAnswer, type TestClient } from './documents.js';

export function urql(url: string, token: string): TestClient {
  return urqlTestClient(connectUrql(url, token));
}

export function urqlTestClient(client: Client): TestClient {
  return {
    run: async (name, variables = {}) =>
      toAnswer(
        name === 'add'
          ? await client.mutation(DOCUMENTS.add, variables)
          : await client.query(DOCUMENTS[name], variables, { requestPolicy: 'network-only' }),
      ),
    follow: (variables) =>
      new Promise((resolve, reject) => {
        const results: ClientAnswer[] = [];
        client.subscription(DOCUMENTS.follow, variables).subscribe((result) => {
          if (result.error?.networkError !== undefined) {
            reject(result.error);
            return;
          }
          results.push(toAnswer(result));
          if (!result.hasNext) {
            resolve(results);
          }
        });
      }),
  };
}

function toAnswer({ data, error }: { data?: unknown; error?: CombinedError | undefined }): ClientAnswer {
  if (error?.networkError !== undefined) {
    throw error;
  }
  return { data, codes: codesOf(error?.graphQLErrors) };
}
