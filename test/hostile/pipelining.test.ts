import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ environment: { AUTH_MODE: 'token' } });
});
afterAll(() => gateway.stop());

/** Most requests under way at once since the start, by Node's own events. */
function watchUnderWay() {
  let underWay = 0;
  let most = 0;
  const begin = () => (most = Math.max(most, (underWay += 1)));
  const end = () => (underWay -= 1);
  subscribe('http.server.request.start', begin);
  subscribe('http.server.response.finish', end);
  return {
    most: () => most,
    stop() {
      unsubscribe('http.server.request.start', begin);
      unsubscribe('http.server.response.finish', end);
    },
  };
}

/** Sends the request `count` times on one connection; resolves with the number of answers of each status. */
async function pipeline(request: string, count: number, readsAfterMs = 0): Promise<Record<string, number>> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.write(`${request}\r\n\r\n`.repeat(count - 1) + `${request}\r\nConnection: close\r\n\r\n`);
  await new Promise((resolve) => setTimeout(resolve, readsAfterMs));
  let answers = '';
  socket.on('data', (data) => (answers += data.toString('latin1')));
  await new Promise((resolve) => socket.once('close', resolve));
  const statuses: Record<string, number> = {};
  for (const [, status = ''] of answers.matchAll(/HTTP\/1\.1 (\d+) /g)) {
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return statuses;
}

const READY = 'GET /health/ready HTTP/1.1\r\nHost: localhost';
const refused = (token: string) =>
  `GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}`;

describe('pipelined requests without a credential', () => {
  it('are begun 16 at a time for each connection, and share one look at the database', async () => {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    const watch = watchUnderWay();
    const answers = await Promise.all(Array.from({ length: 4 }, () => pipeline(READY, 1_000)));
    watch.stop();
    const looks = query.mock.calls.filter(([statement]) =>
      JSON.stringify(statement).includes('transaction_read_only'),
    );
    query.mockRestore();
    expect(answers).toEqual(Array.from({ length: 4 }, () => ({ 200: 1_000 })));
    expect(watch.most()).toBeLessThanOrEqual(4 * 16);
    expect(looks.length).toBeGreaterThan(0);
    expect(looks.length).toBeLessThan(100);
  });

  it('cost one look-up each few seconds when they have one made-up token, and none when it is malformed', async () => {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    const statuses = [
      await pipeline(refused(`mgw_${'x'.repeat(43)}`), 1_000),
      await pipeline(refused(`mgw_${'x'.repeat(42)}`), 1_000),
      await pipeline(refused('x'.repeat(9_000)), 100),
    ];
    const lookUps = query.mock.calls.filter(([statement]) => JSON.stringify(statement).includes('api_token'));
    query.mockRestore();
    expect(statuses).toEqual([{ 401: 1_000 }, { 401: 1_000 }, { 401: 100 }]);
    expect(lookUps.length).toBeGreaterThan(0);
    // The first 16 begin before the first is refused.
    expect(lookUps.length).toBeLessThan(100);
  });

  it('wait while their client does not read the answers', async () => {
    const watch = watchUnderWay();
    const answers = await pipeline('GET /health/live HTTP/1.1\r\nHost: localhost', 10_000, 1_000);
    watch.stop();
    expect(answers).toEqual({ 200: 10_000 });
    expect(watch.most()).toBeLessThanOrEqual(16);
  });
});
