import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { OperationTypeNode, print } from 'graphql';
import { createClient, type Sink } from 'graphql-sse';

export function connectApolloClient(url: string, token: string): ApolloClient {
  const headers = { authorization: `Bearer ${token}` };
  const stream = createClient({ url, headers });
  const subscriptions = new ApolloLink(
    ({ query, variables }) =>
      new Observable((sink) => stream.subscribe({ query: print(query), variables }, sink as Sink)),
  );
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    subscriptions,
    new HttpLink({ uri: url, headers }),
  );
  return new ApolloClient({ link, cache: new InMemoryCache() });
}

/** From now on the client sends the SHA-256 of a document first. */
export function sendHashes(client: ApolloClient): void {
  const sha256 = async (text: string): Promise<string> => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  };
  client.setLink(new PersistedQueryLink({ sha256 }).concat(client.link));
}
