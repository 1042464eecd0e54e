import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../src/generated/client.js';
import type { IdentityProvider } from '../../src/ports/identity.js';
import { createTokenIdentity } from '../../src/services/access/authentication.js';
import { createTokenStore } from '../../src/store/access/tokenStore.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

interface Statement {
  readonly query: string;
  readonly params: string;
}

/** Shortest part of a secret that counts as one, in characters. */
const PART = 8;

let gateway: TestGateway;
let prisma: PrismaClient<'query'>;
let identity: IdentityProvider;
const statements: Statement[] = [];
beforeAll(async () => {
  gateway = await startGateway({ environment: { AUTH_MODE: 'token' } });
  const adapter = new PrismaPg({ connectionString: gateway.databaseUrl });
  prisma = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  prisma.$on('query', (event) => statements.push(event));
  identity = createTokenIdentity(createTokenStore(prisma));
});
afterAll(async () => {
  await prisma.$disconnect();
  await gateway.stop();
});

const madeUpToken = () => `mgw_${randomBytes(32).toString('base64url')}`;

/** Sends requests with different made-up tokens on one connection; resolves with the number of them that are refused. */
async function refusedOnOneConnection(count: number): Promise<number> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  const requests = Array.from(
    { length: count },
    (_, index) =>
      `GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${madeUpToken()}\r\n` +
      (index === count - 1 ? 'Connection: close\r\n\r\n' : '\r\n'),
  );
  socket.write(requests.join(''));
  return (await text(socket)).split('HTTP/1.1 401').length - 1;
}

/** Looks a secret up; resolves with the outcome, and with the statements that it took. */
async function use(secret: string) {
  statements.length = 0;
  const outcome = await identity.identify(secret).then(
    ({ name }) => name,
    (error: unknown) => {
      const { code, message } = error as { code: string; message: string };
      return { code, message };
    },
  );
  return { outcome, all: [...statements], texts: statements.map(({ query }) => query) };
}

/** Whether the text has a part of a secret, as it is or in an encoding. */
function hasPartOf(text: string, secret: string): boolean {
  const random = secret.slice('mgw_'.length);
  const texts = [
    random,
    ...(['hex', 'base64'] as const).map((encoding) => Buffer.from(secret).toString(encoding)),
  ];
  return texts.some((one) =>
    Array.from({ length: one.length - PART + 1 }, (_, i) => one.slice(i, i + PART)).some((part) =>
      text.includes(part),
    ),
  );
}

it('a token is found by its hash: no statement has a part of the secret', async () => {
  const secret = await gateway.token('reader', 'VIEWER');
  const { outcome, all, texts } = await use(secret);
  expect(outcome).toBe('reader');
  expect(texts).toHaveLength(1);
  const text = JSON.stringify(all);
  const hash = createHash('sha256').update(secret).digest();
  const forms = [hash.toString('base64'), hash.toString('hex'), [...hash].join()];
  expect(
    forms.some((form) => text.includes(form)),
    text,
  ).toBe(true);
  expect(hasPartOf(text, secret)).toBe(false);
});

it('a made-up token and a revoked one take the same statements as a valid one, and get one answer', async () => {
  const valid = await gateway.token('valid', 'VIEWER');
  const revoked = await gateway.token('revoked', 'VIEWER');
  await prisma.$executeRaw`UPDATE api_token SET revoked_at = now(), revoked_by = 'x' WHERE name = 'revoked'`;
  const madeUp = madeUpToken();
  const nearly = `${valid.slice(0, -2)}${valid.endsWith('AA') ? 'BB' : 'AA'}`;
  const right = await use(valid);
  expect(right.outcome).toBe('valid');
  for (const secret of [madeUp, revoked, nearly]) {
    const { outcome, all, texts } = await use(secret);
    expect(outcome).toEqual({
      code: 'UNAUTHENTICATED',
      message: 'the token is unknown, expired or revoked',
    });
    expect(texts).toEqual(right.texts);
    expect(hasPartOf(JSON.stringify(all), secret)).toBe(false);
  }
});

describe('2,000 different made-up tokens', () => {
  it('take a handful of statements, and a good token among them is found in one of these', async () => {
    const good = await gateway.token('among', 'VIEWER');
    statements.length = 0;
    const bearers = Array.from({ length: 2_000 }, madeUpToken);
    bearers.splice(1_000, 0, good, good);
    const found = await Promise.allSettled(bearers.map((bearer) => identity.identify(bearer)));
    const names = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value.name] : []));
    expect(names).toEqual(['among', 'among']);
    // Two of one token, and the others in batches of 1,000.
    expect(statements.length).toBeGreaterThan(0);
    expect(statements.length).toBeLessThanOrEqual(5);
  });

  it('refused over HTTP leave a turn to a caller who is served beside them', async () => {
    const good = await gateway.token('beside', 'VIEWER');
    let lookUps = 0;
    const stop = gateway.database.onStatement((sql) => {
      lookUps += sql.includes('use_tokens') ? 1 : 0;
    });
    const refused = Promise.all(Array.from({ length: 8 }, () => refusedOnOneConnection(250)));
    const served = [];
    for (let i = 0; i < 5; i += 1) {
      const { status } = await gateway.post({ query: '{ __typename }' }, { authorization: `Bearer ${good}` });
      served.push(status);
    }
    expect(served).toEqual([200, 200, 200, 200, 200]);
    expect(await refused).toEqual(Array(8).fill(250));
    stop();
    expect(lookUps).toBeGreaterThan(0);
    // One each at most: fewer when PostgreSQL is slower than the requests begin.
    expect(lookUps).toBeLessThanOrEqual(2_005);
  });
});
