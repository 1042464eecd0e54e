import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** A little OpenID Connect issuer over HTTP: discovery, keys, and tokens signed by them. */
export interface TestIssuer {
  readonly url: string;
  /** A token of the audience `gateway`, good for a minute; claims replace what it has by default. */
  sign(
    claims?: Record<string, unknown>,
    header?: { alg?: string; kid?: string; typ?: string; key?: CryptoKey | Uint8Array },
  ): Promise<string>;
  /** From now on signs with a new key, and publishes no other. */
  rotate(): Promise<void>;
  /** What it answers instead of its documents, at `path` only if there is one; null: its documents. */
  answerWith(answer: OtherAnswer | null): void;
  /** The public key that it signs with. */
  readonly key: () => JWK;
  /** How many requests came. */
  readonly requestCount: () => number;
  stop(): Promise<void>;
}

interface OtherAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
  readonly path?: string;
  /** Sends the body in chunks, without a content-length. */
  readonly chunked?: true;
}

interface Key {
  kid: string;
  privateKey: CryptoKey;
  jwk: JWK;
}

export async function startIssuer(): Promise<TestIssuer> {
  let requests = 0;
  let instead: OtherAnswer | null = null;
  let key = await makeKey(1);
  const server = createServer((request, response) => {
    requests += 1;
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/keys` },
      '/keys': { keys: [key.jwk] },
    };
    const document = documents[request.url ?? ''];
    const other = instead?.path === undefined || instead.path === request.url ? instead : null;
    const { status, body, headers, chunked }: OtherAnswer = other ?? {
      status: document ? 200 : 404,
      body: JSON.stringify(document ?? {}),
    };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    if (chunked === true) {
      response.write(body.slice(0, 10));
      response.end(body.slice(10));
      return;
    }
    response.end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    sign(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const payload = {
        iss: url,
        aud: 'gateway',
        sub: 'ann',
        iat: now,
        exp: now + 60,
        roles: ['viewer'],
        ...claims,
      };
      const { alg = 'ES256', kid = key.kid, typ, key: other = key.privateKey } = header;
      return new SignJWT(payload)
        .setProtectedHeader({ alg, kid, ...(typ === undefined ? {} : { typ }) })
        .sign(other);
    },
    async rotate() {
      key = await makeKey(Number(key.kid) + 1);
    },
    answerWith(answer) {
      instead = answer;
    },
    key: () => key.jwk,
    requestCount: () => requests,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function makeKey(number: number): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = String(number);
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}
