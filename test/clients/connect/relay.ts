import { createClient, type Sink } from 'graphql-sse';
import { Environment, Network, Observable, RecordSource, Store, type GraphQLResponse } from 'relay-runtime';

export function connectRelay(url: string, token: string): Environment {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const stream = createClient({ url: `${url}/stream`, headers });
  const network = Network.create(
    async ({ id: documentId, text: query }, variables) => {
      const body = JSON.stringify({ documentId, query, variables });
      const response = await fetch(url, { method: 'POST', headers, body });
      return (await response.json()) as GraphQLResponse;
    },
    ({ id, text }, variables) => {
      const extensions = { persistedQuery: { version: 1, sha256Hash: id } };
      return Observable.create((sink) =>
        stream.subscribe({ query: text ?? '', variables, extensions }, sink as Sink),
      );
    },
  );
  return new Environment({ network, store: new Store(new RecordSource()) });
}
