import { describe, expect, it, vi } from 'vitest';
import { LOCAL_CALLER } from '../../src/membership.js';
import type { Services } from '../../src/services/requests/mutations.js';
import { createMemoryHistory, fill, requestRow, uuid } from '../services/history/memoryHistory.js';
import { execute } from './execute.js';

const id = `request_${uuid(1)}`;

describe('retryRequest', () => {
  const RETRY = `mutation ($input: RetryRequestInput!) { retryRequest(input: $input) {
    request { id retryOf { id } } userErrors { code } } }`;

  it('passes on caller and input, and shows the new request with the old one', async () => {
    const store = createMemoryHistory();
    fill(store, 1, 1);
    store.requestRows.push(requestRow({ id: uuid(2), retryOf: uuid(1) }));
    const retryRequest = vi.fn<Services['retryRequest']>(async () => ({
      requestId: uuid(2),
      userErrors: [],
    }));
    const input = {
      requestId: id,
      onlyRetryable: false,
      note: 'OPS-1',
      idempotencyKey: 'once',
      waitSeconds: 0,
    };
    const { data, errors } = await execute(RETRY, { input }, { store, services: { retryRequest } });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      retryRequest: { request: { id: `request_${uuid(2)}`, retryOf: { id } }, userErrors: [] },
    });
    expect(retryRequest).toHaveBeenCalledExactlyOnceWith(LOCAL_CALLER, input);
  });

  it('retries retryable outcomes and waits 20 seconds by default; the header gives the default key', async () => {
    const retryRequest = vi.fn<Services['retryRequest']>(async () => ({ requestId: null, userErrors: [] }));
    const stage = { services: { retryRequest }, idempotencyKey: 'from the header' };
    await execute(RETRY, { input: { requestId: id } }, stage);
    expect(retryRequest.mock.calls[0]?.[1]).toEqual({
      requestId: id,
      onlyRetryable: true,
      waitSeconds: 20,
      idempotencyKey: 'from the header',
    });
  });
});

describe('cancelRequest', () => {
  it('passes on caller and input, and shows the resulting request', async () => {
    const store = createMemoryHistory();
    store.requestRows.push(requestRow({ status: 'RUNNING' }));
    const cancelRequest = vi.fn<Services['cancelRequest']>(async () => {
      store.requestRows[0] = requestRow({ status: 'CANCELED' });
      return { requestId: uuid(1), userErrors: [] };
    });
    const { data, errors } = await execute(
      'mutation ($input: CancelRequestInput!) { cancelRequest(input: $input) { request { status } userErrors { code } } }',
      { input: { requestId: id } },
      { store, services: { cancelRequest } },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ cancelRequest: { request: { status: 'CANCELED' }, userErrors: [] } });
    expect(cancelRequest).toHaveBeenCalledExactlyOnceWith(LOCAL_CALLER, { requestId: id });
  });
});

describe('the links between requests', () => {
  it('are read once for all requests of a page', async () => {
    const store = createMemoryHistory();
    for (const n of [1, 2, 3]) {
      store.requestRows.push(requestRow({ id: uuid(n) }));
    }
    for (const n of [4, 5]) {
      store.requestRows.push(requestRow({ id: uuid(n), retryOf: uuid(1) }));
    }
    const { data, errors } = await execute(
      '{ requests { nodes { retryOf { status } retries { id retryOf { id } } } } }',
      {},
      { store },
    );
    expect(errors).toEqual([]);
    const retry = (n: number) => ({ id: `request_${uuid(n)}`, retryOf: { id } });
    const alone = { retryOf: null, retries: [] };
    const retried = { retryOf: { status: 'SUCCEEDED' }, retries: [] };
    expect(data).toEqual({
      requests: {
        nodes: [{ retryOf: null, retries: [retry(4), retry(5)] }, alone, alone, retried, retried],
      },
    });
    expect(store.reads.sort()).toEqual(['requests', 'requestsById', 'retriesOfRequests']);
  });
});
