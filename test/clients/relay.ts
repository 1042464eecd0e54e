import { commitMutation, fetchQuery, requestSubscription } from 'relay-runtime';
import { connectRelay } from './connect/relay.js';
import {
  codesOf,
  type ClientAnswer,
  type ConnectTestClient,
  type ShownError,
  type TestClient,
} from './documents.js';
import type { RelayArtifacts } from './relayArtifacts.js';

/** Relay sends the ids of compiled documents. */
export function relay({ requests }: RelayArtifacts): ConnectTestClient {
  return (url, token) => {
    const environment = connectRelay(url, token);
    const run: TestClient['run'] = (name, variables = {}) =>
      new Promise((resolve, reject) => {
        const onError = (error: Error): void => {
          const { source } = error as { source?: { errors: readonly ShownError[] } };
          if (source === undefined) {
            reject(error);
          } else {
            resolve({ data: null, codes: codesOf(source.errors) });
          }
        };
        if (name === 'add') {
          const onCompleted = (data: unknown, errors: readonly object[] | null | undefined): void => {
            resolve({ data, codes: codesOf(errors ?? []) });
          };
          commitMutation(environment, { mutation: requests.add, variables, onCompleted, onError });
        } else {
          const next = (data: unknown): void => {
            resolve({ data, codes: [] });
          };
          fetchQuery(environment, requests[name], variables).subscribe({ next, error: onError });
        }
      });
    const follow: TestClient['follow'] = (variables) =>
      new Promise((resolve, reject) => {
        const results: ClientAnswer[] = [];
        requestSubscription(environment, {
          subscription: requests.follow,
          variables,
          onNext: (data) => results.push({ data, codes: [] }),
          onError: reject,
          onCompleted: () => {
            resolve(results);
          },
        });
      });
    return { run, follow };
  };
}
