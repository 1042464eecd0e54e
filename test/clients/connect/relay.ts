import { createClient, type Sink } from 'graphql-sse';
import {
  Environment,
  Network,
  Observable,
  RecordSource,
  Store,
  type GraphQLResponse,
  type RequestParameters,
  type Variables,
} from 'relay-runtime';

export function connectRelay(url: string, token: string): Environment {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const stream = createClient({ url, headers });
  const toBody = ({ id, text }: RequestParameters, variables: Variables) => {
    return { documentId: id, query: text ?? '', variables };
  };
  const network = Network.create(
    async (operation, variables) => {
      const body = JSON.stringify(toBody(operation, variables));
      const response = await fetch(url, { method: 'POST', headers, body });
      return (await response.json()) as GraphQLResponse;
    },
    (operation, variables) =>
      Observable.create((sink) => stream.subscribe(toBody(operation, variables), sink as Sink)),
  );
  return new Environment({ network, store: new Store(new RecordSource()) });
}
