import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { createClient, type Client } from 'graphql-sse';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTERVALS } from '../../../src/app/intervals.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';
import { startIssuer, type TestIssuer } from '../../support/oidcIssuer.js';
import { writeRun } from '../../store/history/historyRecord.js';

const CREATE = `mutation ($input: CreateMembersInput!) { createMembers(input: $input) { request { id } userErrors { message } } }`;
const FOLLOW = `subscription ($id: ID!) { requestProgress(id: $id) { status } }`;

/** Time between two checks of the tokens of open streams, in milliseconds. */
const CHECK_MS = 1_000;

/** Longest that a stream may outlive its credential, in milliseconds: as docs/access.md says. */
const PROMISED_MS = 10_000;

let issuer: TestIssuer;
let gateway: TestGateway;
let admin: string;
/** A request that takes longer than any test. */
let requestId: string;

beforeAll(async () => {
  issuer = await startIssuer();
  gateway = await startGateway({
    environment: {
      AUTH_MODE: 'token,oidc',
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: 'gateway',
      OIDC_CLOCK_TOLERANCE_SECONDS: '0',
      SECURITYHUB_RATE: '0.01',
      SECURITYHUB_BURST: '1',
    },
    intervals: { credentialCheckMs: CHECK_MS },
  });
  admin = await gateway.token('boss', 'ADMIN');
  const where = { services: ['SECURITY_HUB'], regions: ['us-east-1'], waitSeconds: 0 };
  const input = { accounts: accounts(200), ...where };
  const { body } = await gateway.post(
    { query: CREATE, variables: { input } },
    { authorization: `Bearer ${admin}` },
  );
  requestId = (body.data?.['createMembers'] as { request: { id: string } }).request.id;
});
afterAll(async () => {
  await gateway.stop();
  await issuer.stop();
});

interface Told {
  data?: unknown;
  errors?: readonly { message: string; extensions: Record<string, unknown> }[];
}

/** Follows the request until the stream ends; `began` resolves with the first event. */
function follow(bearer: string) {
  const began = Promise.withResolvers<unknown>();
  const client: Client = createClient({
    url: `${gateway.url}/graphql/stream`,
    headers: { authorization: `Bearer ${bearer}` },
    retryAttempts: 0,
  });
  const all = (async () => {
    const told: Told[] = [];
    for await (const one of client.iterate({ query: FOLLOW, variables: { id: requestId } })) {
      told.push(one);
      began.resolve(one);
    }
    client.dispose();
    return told;
  })();
  all.catch(began.reject);
  return { began: began.promise, all };
}

const ending = (message: string) => ({
  errors: [
    {
      message: `${message}. To get a token, ask an admin for an API token (createToken, or npm run token), or sign in at ${issuer.url}.`,
      extensions: { code: 'UNAUTHENTICATED' },
    },
  ],
});

describe('an open stream', () => {
  it('is checked twice in the time that the documentation promises', () => {
    expect(INTERVALS.credentialCheckMs).toBeLessThanOrEqual(PROMISED_MS / 2);
  });

  it(
    'ends soon after its token was revoked, while a stream with another token continues',
    { timeout: 30_000 },
    async () => {
      const secret = await gateway.token('portal', 'VIEWER');
      const other = follow(await gateway.token('other', 'VIEWER'));
      let otherHasEnded = false;
      void other.all.then(() => (otherHasEnded = true));
      const { began, all } = follow(secret);
      await Promise.all([began, other.began]);
      const client = new pg.Client({ connectionString: gateway.databaseUrl });
      await client.connect();
      await client.query(
        `UPDATE api_token SET revoked_at = now(), revoked_by = 'boss' WHERE name = 'portal'`,
      );
      const told = await Promise.race([
        all,
        new Promise((resolve) => setTimeout(resolve, PROMISED_MS, 'late')),
      ]);
      if (!Array.isArray(told)) {
        expect.unreachable('the stream continues');
      }
      expect(told.at(-1)).toEqual(
        ending('the token has expired or was revoked; send a new request with another token'),
      );
      expect(otherHasEnded).toBe(false);
      await client.query(`UPDATE api_token SET expires_at = now() WHERE name = 'other'`);
      await client.end();
      expect((await other.all).at(-1)).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    },
  );

  it('ends as its JSON Web Token expires', { timeout: 30_000 }, async () => {
    const exp = Math.floor(Date.now() / 1_000) + 3;
    const { began, all } = follow(await issuer.sign({ exp, administrators: ['default'] }));
    await began;
    expect((await all).at(-1)).toEqual(
      ending('the token has expired; send a new request with another token'),
    );
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1_000);
  });

  it(
    'is checked in one statement with all others, and no more after its client disconnected',
    { timeout: 30_000 },
    async () => {
      const secret = await gateway.token('crowd', 'VIEWER');
      const clients = Array.from({ length: 5 }, () => {
        const abort = new AbortController();
        const answer = fetch(`${gateway.url}/graphql/stream`, {
          method: 'POST',
          signal: abort.signal,
          headers: {
            'content-type': 'application/json',
            accept: 'text/event-stream',
            authorization: `Bearer ${secret}`,
          },
          body: JSON.stringify({ query: FOLLOW, variables: { id: requestId } }),
        });
        return { abort, answer };
      });
      for (const { answer } of clients) {
        expect((await answer).status).toBe(200);
      }
      let checks = 0;
      const stop = gateway.database.onStatement((sql) => {
        checks += sql.includes('SELECT id::text FROM api_token WHERE id = ANY') ? 1 : 0;
      });
      await expect.poll(() => checks).toBe(1);
      for (const { abort } of clients) {
        abort.abort();
      }
      // The gateway may notice the disconnections after one more check.
      const checksOfTwoIntervals = async () => {
        const before = checks;
        await new Promise((resolve) => setTimeout(resolve, 2 * CHECK_MS));
        return checks - before;
      };
      await expect.poll(checksOfTwoIntervals).toBe(0);
      stop();
    },
  );
});

describe('an export', () => {
  it('breaks off when its credential expires', { timeout: 30_000 }, async () => {
    await writeRun(gateway.database.prisma, { administrator: 'archive', from: 1, to: 10, accounts: 1000 });
    const exp = Math.floor(Date.now() / 1_000) + 3;
    const bearer = await issuer.sign({ exp, administrators: ['archive'] });
    const request = get(`${gateway.url}/export/outcomes.jsonl`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    // The reset may come before the body is read: the request has an error of its own then.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    await once(response, 'readable');
    // The test reads nothing until the credential has expired; the part already sent is not the whole export.
    await new Promise((resolve) => setTimeout(resolve, exp * 1_000 - Date.now() + 500));
    await expect(text(response)).rejects.toThrow('aborted');
  });
});
