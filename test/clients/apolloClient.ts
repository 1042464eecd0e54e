import { CombinedGraphQLErrors, gql, type ApolloClient } from '@apollo/client';
import { connectApolloClient } from './connect/apolloClient.js';
import { codesOf, DOCUMENTS, type ClientAnswer, type TestClient } from './documents.js';

export function apolloClient(url: string, token: string): TestClient {
  return apolloTestClient(connectApolloClient(url, token));
}

export function apolloTestClient(client: ApolloClient): TestClient {
  return {
    async run(name, variables = {}) {
      const document = gql(DOCUMENTS[name]);
      const options = { variables, errorPolicy: 'all' as const };
      return toAnswer(
        name === 'add'
          ? await client.mutate({ mutation: document, ...options })
          : await client.query({ query: document, fetchPolicy: 'network-only', ...options }),
      );
    },
    follow: (variables) =>
      new Promise((resolve, reject) => {
        const results: ClientAnswer[] = [];
        client.subscribe({ query: gql(DOCUMENTS.follow), variables }).subscribe({
          next: (result) => results.push(toAnswer(result)),
          error: reject,
          complete: () => resolve(results),
        });
      }),
  };
}

function toAnswer({ data, error }: { data?: unknown; error?: Error | undefined }): ClientAnswer {
  if (error !== undefined && !CombinedGraphQLErrors.is(error)) {
    throw error;
  }
  return { data, codes: codesOf(error?.errors) };
}
