import type { Client, CombinedError } from '@urql/core';
import { connectGraphqlSse } from './connect/graphqlSse.js';
import { connectUrql } from './connect/urql.js';
import { codesOf, DOCUMENTS, type ClientAnswer, type TestClient } from './documents.js';
import { followWith } from './graphqlSse.js';

export function urql(url: string, token: string): TestClient {
  const client = connectUrql(url, token);
  return { run: runWith(client), follow: followWith(connectGraphqlSse(url, token)) };
}

export function runWith(client: Client): TestClient['run'] {
  return async (name, variables = {}) =>
    toAnswer(
      name === 'add'
        ? await client.mutation(DOCUMENTS.add, variables)
        : await client.query(DOCUMENTS[name], variables, { requestPolicy: 'network-only' }),
    );
}

function toAnswer({ data, error }: { data?: unknown; error?: CombinedError | undefined }): ClientAnswer {
  if (error?.networkError !== undefined) {
    throw error;
  }
  return { data, codes: codesOf(error?.graphQLErrors) };
}
