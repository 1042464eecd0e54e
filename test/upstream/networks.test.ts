import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CA, startInterception } from '../support/interception.js';
import { startConnectProxy } from '../support/connectProxy.js';
import { httpAnswer, startRawServer, type RawReply } from './rawServer.js';
import { sendOn, sendTo, upstreamTo } from './sendTo.js';

const AWS = { 'content-type': 'application/json', 'x-amzn-requestid': 'req-1' };
const BODY = '{"unprocessedAccounts":[]}';
const DONE = httpAnswer(200, BODY, AWS);

const proxied = (url: string) => ({
  proxies: { HTTPS_PROXY: url, HTTP_PROXY: undefined, NO_PROXY: undefined },
  caBundle: CA,
  region: null,
});
const create = (endpoint: string | null, options?: Parameters<typeof sendTo>[3]) =>
  sendTo(endpoint, 'GUARDDUTY', 'CREATE_MEMBERS', options);
const unsent = (errorCode: string | RegExp, words: RegExp) => ({
  kind: 'UNANSWERED',
  neverSent: true,
  errorCode: expect.stringMatching(errorCode) as string,
  errorMessage: expect.stringMatching(words) as string,
});

/** Answers one call with these bytes. */
async function answered(reply: RawReply, options?: Parameters<typeof sendTo>[3]) {
  await using server = await startRawServer(reply);
  return await create(server.endpoint, options);
}

/** Listens on a free port of 127.0.0.1 until it is disposed of. */
async function listening(server: Server) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('an answer counts', () => {
  it('when it is compressed, though the call did not ask for that', async () => {
    const body = gzipSync(BODY);
    const head = `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nx-amzn-requestid: req-1\r\ncontent-length: ${body.length}\r\n\r\n`;
    expect(await answered((socket) => socket.write(Buffer.concat([Buffer.from(head), body])))).toMatchObject({
      kind: 'ANSWERED',
    });
  });

  it('after the interim answers 100 Continue and 103 Early Hints', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n';
    expect(await answered((socket) => socket.write(interim + DONE))).toMatchObject({ kind: 'ANSWERED' });
  });

  it('in chunks', async () => {
    const head =
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-amzn-requestid: req-1\r\nconnection: close\r\n\r\n';
    const chunks = `6\r\n${BODY.slice(0, 6)}\r\n14\r\n${BODY.slice(6)}\r\n0\r\n\r\n`;
    expect(await answered((socket) => socket.write(head + chunks))).toMatchObject({ kind: 'ANSWERED' });
  });
});

describe('an answer is in doubt', () => {
  const doubt = (errorCode: string, words: RegExp) => ({
    kind: 'UNANSWERED',
    neverSent: false,
    errorCode,
    errorMessage: expect.stringMatching(words) as string,
  });

  it('when its chunks end in the middle', async () => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-amzn-requestid: req-1\r\n\r\n';
    expect(
      await answered((socket) => socket.end(`${head}6\r\n${BODY.slice(0, 6)}\r\n14\r\n${BODY.slice(6, 9)}`)),
    ).toMatchObject(doubt('ECONNRESET', /^HTTP 200, and the body broke off/));
  });

  it('when it is compressed and broken', async () => {
    const head =
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nx-amzn-requestid: req-1\r\ncontent-length: 9\r\n\r\n';
    expect(await answered((socket) => socket.write(`${head}not gzip!`))).toMatchObject(
      doubt('Z_DATA_ERROR', /^HTTP 200, and the body broke off/),
    );
  });

  it('when it comes byte by byte, and not in time', async () => {
    let timer: NodeJS.Timeout | undefined;
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\nx-amzn-requestid: req-1\r\n\r\n{';
    const answer = await answered(
      (socket) => {
        socket.write(head);
        timer = setInterval(() => socket.write(' '), 20);
      },
      { requestTimeoutMs: 300 },
    );
    clearInterval(timer);
    expect(answer).toMatchObject(
      doubt('ETIMEDOUT', /^HTTP 200, and the body broke off: the answer was not whole within 300 ms/),
    );
  });

  it('when its headers are too large', async () => {
    const head = `HTTP/1.1 200 OK\r\nx-large: ${'x'.repeat(100_000)}\r\n\r\n`;
    expect(await answered((socket) => socket.write(head))).toMatchObject(doubt('HPE_HEADER_OVERFLOW', /./));
  });
});

describe('a call has never left', () => {
  it('when the proxy opens a tunnel that leads nowhere', async () => {
    await using silent = await listening(createTcpServer());
    await using proxy = await startConnectProxy(silent.port);
    const options = { network: proxied(proxy.url()), connectionTimeoutMs: 300 };
    expect(await create(null, options)).toMatchObject(
      unsent('ETIMEDOUT', /^no connection to guardduty\.eu-west-1\.amazonaws\.com within 300 ms/),
    );
  });

  it('when the server hangs up during the handshake', async () => {
    await using rude = await listening(
      createTcpServer((socket) => socket.once('data', () => socket.destroy())),
    );
    expect(await create(`https://127.0.0.1:${rude.port}`)).toMatchObject(unsent('ECONNRESET', /TLS/));
  });

  it('when the server speaks TLS 1.1 only', async () => {
    const certificates = path.join(import.meta.dirname, '../support/certificates');
    const old = createTlsServer({
      key: readFileSync(path.join(certificates, 'server.key')),
      cert: readFileSync(path.join(certificates, 'server.pem')),
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    old.on('tlsClientError', () => undefined);
    await using server = await listening(old);
    expect(await create(`https://127.0.0.1:${server.port}`)).toMatchObject(unsent(/./, /protocol version/));
  });

  it('when the server speaks no TLS', async () => {
    await using plain = await startRawServer((socket) => socket.write(DONE));
    const answer = await create(plain.endpoint.replace('http:', 'https:'), { connectionTimeoutMs: 300 });
    expect(answer).toMatchObject(unsent(/./, /./));
  });

  it("when the certificate has another host's name", async () => {
    await using server = await startRawServer((socket) => socket.write(DONE));
    await using front = await startInterception(server.endpoint);
    await using proxy = await startConnectProxy(front.port);
    expect(await create('https://aws.example.com', { network: proxied(proxy.url()) })).toMatchObject(
      unsent('ERR_TLS_CERT_ALTNAME_INVALID', /aws\.example\.com/),
    );
  });

  it('when the certificate of an https: proxy is not trusted', async () => {
    await using proxy = await startConnectProxy(9);
    await using front = await startInterception(proxy.url());
    const network = { ...proxied(front.url), caBundle: null };
    expect(await create(null, { network })).toMatchObject(unsent(/CERT|VERIFY/, /certificate/));
  });
});

describe('AWS is reached', () => {
  it('through an https: proxy', async () => {
    await using server = await startRawServer((socket) => socket.write(DONE));
    await using aws = await startInterception(server.endpoint);
    await using proxy = await startConnectProxy(aws.port);
    await using front = await startInterception(proxy.url());
    // As with NODE_EXTRA_CA_CERTS. AWS_CA_BUNDLE holds for AWS alone.
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, CA]);
    const answer = await create(null, { network: { ...proxied(front.url), caBundle: null } });
    setDefaultCACertificates(trusted);
    expect(answer).toMatchObject({ kind: 'ANSWERED' });
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT' }]);
  });

  it('on a new connection when the server has closed the idle one', async () => {
    await using server = await startRawServer((socket) => {
      socket.write(DONE);
      setTimeout(() => socket.end(), 50);
    });
    const upstream = upstreamTo(server.endpoint, 'GUARDDUTY');
    const answers = [await sendOn(upstream, 'GUARDDUTY')];
    await new Promise((resolve) => setTimeout(resolve, 150));
    answers.push(await sendOn(upstream, 'GUARDDUTY'));
    upstream.close();
    expect(answers).toMatchObject([{ kind: 'ANSWERED' }, { kind: 'ANSWERED' }]);
  });
});
