import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallAnswer } from '../../src/ports/upstream.js';
import type { UpstreamOptions } from '../../src/upstream/upstream.js';
import { CA, startInterception, type Interception } from '../support/interception.js';
import { startConnectProxy, type TunnelReply } from '../support/connectProxy.js';
import { httpAnswer, startRawServer, type RawServer } from './rawServer.js';
import { sendOn, sendTo, upstreamTo } from './sendTo.js';

const AWS = { 'content-type': 'application/json', 'x-amzn-requestid': 'req-1' };
const DONE = httpAnswer(200, '{"unprocessedAccounts":[]}', AWS);

let server: RawServer;
let intercepted: Interception;
beforeAll(async () => {
  server = await startRawServer((socket) => socket.write(DONE));
  intercepted = await startInterception(server.endpoint);
});
afterAll(async () => {
  await intercepted[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const neverSent = (errorCode: string, errorMessage: string | RegExp) => ({
  kind: 'UNANSWERED',
  metadata: { httpStatus: null, awsRequestId: null, attempts: 0 },
  errorCode,
  errorMessage: expect.stringMatching(errorMessage) as string,
  neverSent: true,
});
const create = (endpoint: string | null, options?: Partial<UpstreamOptions>): Promise<CallAnswer> =>
  sendTo(endpoint, 'GUARDDUTY', 'CREATE_MEMBERS', options);
const proxies = (url: string) => ({ HTTPS_PROXY: url, HTTP_PROXY: undefined, NO_PROXY: undefined });

/** The answer to a call that goes through a proxy to AWS's own address. */
async function createThrough(reply: TunnelReply, options?: Partial<UpstreamOptions>): Promise<CallAnswer> {
  await using proxy = await startConnectProxy(intercepted.port, () => reply);
  return await create(null, {
    network: { proxies: proxies(proxy.url()), caBundle: CA, region: null },
    ...options,
  });
}

/** The answer to a call to an `http:` address: its proxy gets the call itself, and answers with this status and a page. */
async function createThroughPlainProxy(status: number): Promise<CallAnswer> {
  await using proxy = await startRawServer((socket) =>
    socket.write(httpAnswer(status, '<p>The proxy says no.</p>', { via: '1.1 proxy' })),
  );
  const HTTP_PROXY = proxy.endpoint;
  const network = { proxies: { HTTP_PROXY, HTTPS_PROXY: undefined, NO_PROXY: undefined } };
  const answer = await create('http://aws.example.com', {
    network: { ...network, caBundle: null, region: null },
  });
  expect(proxy.requests).toEqual([expect.stringMatching(/^POST http:\/\/aws.example.com\/detector/)]);
  return answer;
}

describe('a call has never left', () => {
  it('when the connection is refused', async () => {
    const closed = await startRawServer(() => undefined);
    await closed[Symbol.asyncDispose]();
    expect(await create(closed.endpoint)).toEqual(neverSent('ECONNREFUSED', /^connect ECONNREFUSED 127/));
  });

  it('when the host has no address', async () => {
    expect(await create('http://no-such-host.invalid')).toEqual(
      neverSent(expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) as string, /no-such-host/),
    );
  });

  it('when the certificate is signed by an authority that is not trusted', async () => {
    const before = intercepted.bytesReceived();
    expect(await create(intercepted.url)).toEqual(
      neverSent('UNABLE_TO_VERIFY_LEAF_SIGNATURE', /^unable to verify the first certificate/),
    );
    expect(intercepted.bytesReceived()).toBe(before);
  });

  it('when the TLS handshake does not end in time', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    expect(await create(`https://127.0.0.1:${port}`, { connectionTimeoutMs: 100 })).toEqual(
      neverSent(
        'ETIMEDOUT',
        'no connection to 127.0.0.1 within 100 ms: TCP, proxy and TLS handshake together.',
      ),
    );
    silent.close();
  });

  it.each([407, 403, 502])('when the proxy answers %s to its tunnel', async (status) => {
    expect(await createThrough(status)).toEqual(
      neverSent(
        'ERR_PROXY_TUNNEL',
        `^Failed to establish tunnel to guardduty.eu-west-1.amazonaws.com:443 via http://127.0.0.1:\\d+: HTTP/1.1 ${status} Refused by the proxy$`,
      ),
    );
  });

  it('when the proxy hangs up', async () => {
    expect(await createThrough('HANG_UP')).toMatchObject({ kind: 'UNANSWERED', neverSent: true });
  });

  it('when the proxy does not answer in time', async () => {
    expect(await createThrough('SILENCE', { connectionTimeoutMs: 100 })).toEqual(
      neverSent('ETIMEDOUT', 'no connection to guardduty.eu-west-1.amazonaws.com within 100 ms'),
    );
  });

  it('when the proxy of an http: address answers 407', async () => {
    expect(await createThroughPlainProxy(407)).toEqual(
      neverSent('UnreadableAnswer', 'HTTP 407 with an unreadable body'),
    );
  });

  it('when the proxy is away', async () => {
    const network = { proxies: proxies('http://127.0.0.1:9'), caBundle: null, region: null };
    expect(await create(null, { network })).toEqual(
      neverSent('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:9'),
    );
  });

  it('when something fails before the first byte', async () => {
    const credentials = { accessKeyId: 'AKIA\n', secretAccessKey: 'secret' };
    expect(await create(server.endpoint, { credentials })).toEqual(
      neverSent('ERR_INVALID_CHAR', /^Invalid character in header content/),
    );
  });
});

describe('a call may have arrived', () => {
  it.each([403, 502, 504])('when the proxy of an http: address answers %s', async (status) => {
    expect(await createThroughPlainProxy(status)).toMatchObject({ kind: 'UNANSWERED', neverSent: false });
  });

  it('when the connection is reset after the handshake', async () => {
    await using resetting = await startRawServer((socket) => socket.resetAndDestroy());
    await using front = await startInterception(resetting.endpoint);
    const network = { proxies: null, caBundle: CA, region: null };
    expect(await create(front.url, { network })).toMatchObject({ kind: 'UNANSWERED', neverSent: false });
    expect(resetting.requests).toHaveLength(1);
  });

  it('when the tunnel breaks behind the proxy', async () => {
    await using resetting = await startRawServer((socket) => socket.resetAndDestroy());
    await using front = await startInterception(resetting.endpoint);
    await using proxy = await startConnectProxy(front.port);
    const network = { proxies: proxies(proxy.url()), caBundle: CA, region: null };
    expect(await create(null, { network })).toMatchObject({ kind: 'UNANSWERED', neverSent: false });
  });

  it('when a connection that was used before is dead', async () => {
    let requests = 0;
    await using dying = await startRawServer((socket) => {
      requests += 1;
      if (requests === 1) {
        socket.write(DONE);
      } else {
        socket.destroy();
      }
    });
    await using front = await startInterception(dying.endpoint);
    const upstream = upstreamTo(front.url, 'GUARDDUTY', {
      network: { proxies: null, caBundle: CA, region: null },
    });
    const answers = [await sendOn(upstream, 'GUARDDUTY'), await sendOn(upstream, 'GUARDDUTY')];
    upstream.close();
    expect(answers).toMatchObject([{ kind: 'ANSWERED' }, { kind: 'UNANSWERED', neverSent: false }]);
    expect(front.connections()).toBe(1);
  });
});

describe('AWS is reached', () => {
  it('through TLS interception whose authority is in the bundle', async () => {
    const network = { proxies: null, caBundle: CA, region: null };
    expect(await create(intercepted.url, { network })).toMatchObject({ kind: 'ANSWERED' });
  });

  it('through a proxy, with user and password', async () => {
    await using proxy = await startConnectProxy(intercepted.port);
    const network = { proxies: proxies(proxy.url('us%40er:pa%20ss')), caBundle: CA, region: null };
    expect(await create(null, { network })).toMatchObject({ kind: 'ANSWERED' });
    expect(proxy.requests).toEqual([
      { method: 'CONNECT', address: 'guardduty.eu-west-1.amazonaws.com:443', credentials: 'us@er:pa ss' },
    ]);
  });

  it.each(['127.0.0.1', 'localhost,127.0.0.1', '*'])('directly when NO_PROXY is %s', async (NO_PROXY) => {
    await using proxy = await startConnectProxy(intercepted.port);
    const network = { proxies: { ...proxies(proxy.url()), NO_PROXY }, caBundle: CA, region: null };
    expect(await create(intercepted.url, { network })).toMatchObject({ kind: 'ANSWERED' });
    expect(proxy.requests).toEqual([]);
  });
});
