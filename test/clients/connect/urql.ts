import { cacheExchange, Client, fetchExchange } from '@urql/core';

export function connectUrql(url: string, token: string, exchanges = [cacheExchange, fetchExchange]): Client {
  return new Client({
    url,
    exchanges,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    fetchSubscriptions: true,
  });
}
