import { createClient, type Client, type ClientOptions } from 'graphql-sse';

export function connectGraphqlSse(url: string, token: string, options?: Partial<ClientOptions>): Client {
  const headers = { authorization: `Bearer ${token}` };
  return createClient({ url, headers, ...options });
}
