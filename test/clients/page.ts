/** The script of a page: the clients under test, for the test that drives the page. */
import { apolloClient } from './apolloClient.js';
import type { ConnectTestClient } from './documents.js';
import { graphqlRequest } from './graphqlRequest.js';
import { graphqlSse, graphqlSseShared } from './graphqlSse.js';
import { membershipGatewayClient } from './membershipGatewayClient.js';
import { relay } from './relay.js';
import type { RelayArtifacts } from './relayArtifacts.js';
import { urql } from './urql.js';

declare global {
  var connectClient: (name: string, artifacts: RelayArtifacts) => ConnectTestClient;
}

globalThis.connectClient = (name, artifacts) => {
  const clients: Readonly<Record<string, ConnectTestClient>> = {
    'membership-gateway-client': membershipGatewayClient,
    'Apollo Client': apolloClient,
    urql,
    Relay: relay(artifacts),
    'graphql-request': graphqlRequest,
    'graphql-sse': graphqlSse,
    'graphql-sse with singleConnection': graphqlSseShared,
  };
  return clients[name]!;
};
