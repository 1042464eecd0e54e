import type { Client } from 'graphql-sse';
import { codesOf, DOCUMENTS, type ClientAnswer, type TestClient } from './documents.js';

export function followWith(client: Client): TestClient['follow'] {
  return async (variables) => {
    const results: ClientAnswer[] = [];
    for await (const { data, errors } of client.iterate({ query: DOCUMENTS.follow, variables })) {
      results.push({ data, codes: codesOf(errors) });
    }
    return results;
  };
}
