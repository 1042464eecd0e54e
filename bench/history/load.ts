/*
 * The load, from a process of its own: told over IPC what to ask and for how long. Node runs this file as it is.
 */
import autocannon from 'autocannon';
import { REQUEST_ID } from './page.ts';

/** Bodies to be posted to /graphql in turn. */
export interface LoadOrder {
  readonly url: string;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
}

/** What came of it. */
export interface LoadAnswer {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Requests that were not answered with status 200, and connections that failed. */
  readonly failures: number;
}

process.on('message', (order: LoadOrder) => {
  void load(order).then((answer) => process.send?.(answer));
});
process.once('disconnect', () => process.exit());

async function load({ url, bodies, connections, seconds }: LoadOrder): Promise<LoadAnswer> {
  const headers = { 'content-type': 'application/json', 'x-request-id': REQUEST_ID };
  const result = await autocannon({
    url: `${url}/graphql`,
    connections,
    duration: seconds,
    requests: bodies.map((body) => ({ method: 'POST', headers, body })),
  });
  return {
    requests: result.requests.total,
    requestsPerSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts,
  };
}
