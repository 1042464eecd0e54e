import { GraphQLClient } from 'graphql-request';

export function connectGraphqlRequest(url: string, token: string): GraphQLClient {
  return new GraphQLClient(url, { headers: { authorization: `Bearer ${token}` } });
}
