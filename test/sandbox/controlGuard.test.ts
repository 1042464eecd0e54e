import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startSandbox } from './clients.js';

/** Sends a request with headers that fetch would not send. */
async function send(url: string, method: string, headers: Record<string, string>, body = '') {
  const sent = request(url, { method, headers });
  sent.end(method === 'GET' ? '' : body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

const JSON_TYPE = { 'content-type': 'application/json' };
const FAULTS = JSON.stringify([{ fault: 'access-denied' }]);

describe('the control API, asked by a web page', () => {
  it.each([
    ['a form or a script without consent', 'POST', 'reset', { 'content-type': 'text/plain' }, 415],
    ['a script without a body', 'POST', 'reset', {}, 415],
    ['a form', 'PUT', 'faults', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a type that only begins like JSON', 'PUT', 'faults', { 'content-type': 'application/jsonp' }, 415],
    ['another origin', 'PUT', 'faults', { ...JSON_TYPE, origin: 'https://evil.example' }, 403],
    ['another port of this machine', 'PUT', 'faults', { ...JSON_TYPE, origin: 'http://127.0.0.1:1' }, 403],
    ['a page without an origin', 'PUT', 'faults', { ...JSON_TYPE, origin: 'null' }, 403],
    ['a rebound name', 'GET', 'log', { host: 'evil.example' }, 403],
    ['a rebound name like a loopback one', 'GET', 'log', { host: '127.0.0.1.evil.example' }, 403],
    ['a rebound name, changing', 'PUT', 'faults', { ...JSON_TYPE, host: 'localhost.evil.example:80' }, 403],
  ])('refuses %s', async (...[, method, path, headers, status]) => {
    const {
      sandbox: { url },
      control,
    } = await startSandbox();
    expect(await send(`${url}/_sandbox/${path}`, method, headers, FAULTS)).toMatchObject({
      status,
      body: expect.stringMatching(/"error":"expected /),
    });
    expect(await control.read('faults')).toEqual({ faults: [] });
  });

  it('answers programs on this machine by each of its names, and the origin of the sandbox', async () => {
    const { url } = (await startSandbox()).sandbox;
    const { host, port } = new URL(url);
    for (const headers of [
      { host },
      { host: `localhost:${port}` },
      { host: '[::1]' },
      { host, origin: `http://${host}` },
    ]) {
      const { status } = await send(
        `${url}/_sandbox/faults`,
        'PUT',
        {
          'content-type': 'application/json; charset=utf-8',
          ...headers,
        },
        FAULTS,
      );
      expect(status).toBe(200);
    }
  });
});
