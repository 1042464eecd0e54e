import { generateKeyPair } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOidcIdentity } from '../../src/oidc/oidcIdentity.js';
import { startIssuer, type TestIssuer } from '../support/oidcIssuer.js';

let issuer: TestIssuer;
beforeEach(async () => {
  issuer = await startIssuer();
});
afterEach(() => issuer.stop());

interface Settings {
  roles?: string;
  minRefetchIntervalMs?: number;
  now?: () => number;
  requiredClaims?: string[];
  requiresAccessTokenType?: boolean;
}

function create(settings: Settings = {}) {
  const claims = {
    roles: settings.roles ?? 'roles',
    administrators: 'administrators',
    roleNames: ['viewer', 'operator', 'admin'],
  };
  return createOidcIdentity(
    {
      issuer: issuer.url,
      audience: 'gateway',
      claims,
      requiredClaims: settings.requiredClaims ?? [],
      requiresAccessTokenType: settings.requiresAccessTokenType ?? false,
      clockToleranceSeconds: 5,
    },
    settings.minRefetchIntervalMs ?? 0,
    settings.now,
  );
}
const now = () => Math.floor(Date.now() / 1_000);

describe('a token of the issuer', () => {
  it('identifies a user, the highest role and the administrators', async () => {
    const exp = now() + 60;
    const token = await issuer.sign({
      exp,
      roles: ['viewer', 'operator'],
      administrators: ['security', 'hub'],
    });
    expect(await create().identify(token)).toEqual({
      id: 'ann',
      kind: 'USER',
      role: 'OPERATOR',
      administrators: ['security', 'hub'],
      tokenId: null,
      expiresAt: new Date((exp + 5) * 1_000),
    });
  });

  it('may expire later than a JavaScript Date can state', async () => {
    const { expiresAt } = await create().identify(await issuer.sign({ exp: 1e15 }));
    expect(expiresAt?.getTime()).toBeGreaterThan(Date.now());
  });

  it.each([
    ['roles', { roles: 'admin' }, 'ADMIN'],
    ['scope', { scope: 'openid operator' }, 'OPERATOR'],
    ['realm_access.roles', { realm_access: { roles: ['viewer'] } }, 'VIEWER'],
    ['https://example.com/roles', { 'https://example.com/roles': ['admin'] }, 'ADMIN'],
  ])('may have its role in the claim %s: %j', async (roles, claims, role) => {
    expect(await create({ roles }).identify(await issuer.sign(claims))).toMatchObject({ role });
  });

  it('grants all administrators with *, and none without the claim', async () => {
    const identity = create();
    expect((await identity.identify(await issuer.sign({ administrators: '*' }))).administrators).toBeNull();
    expect((await identity.identify(await issuer.sign())).administrators).toEqual([]);
  });

  it.each(['at+jwt', 'application/at+jwt', 'AT+JWT', 'JWT'])('may have the type %s', async (typ) => {
    expect((await create().identify(await issuer.sign({}, { typ }))).id).toBe('ann');
  });

  it.each([
    ['Amazon Cognito', { token_use: 'access', client_id: 'portal', scope: 'gateway/read' }, {}],
    ['Keycloak', { typ: 'Bearer', azp: 'portal', scope: 'openid', sid: 'x', auth_time: 1 }, { typ: 'JWT' }],
    [
      'Microsoft Entra ID, of a user',
      { azp: 'portal', scp: 'read', ver: '2.0', idtyp: 'user' },
      { typ: 'JWT' },
    ],
    ['Microsoft Entra ID, of a program', { azp: 'portal', ver: '2.0', idtyp: 'app' }, { typ: 'JWT' }],
    ['Okta', { cid: 'portal', uid: 'x', scp: ['read'], auth_time: 1 }, {}],
    ['Auth0', { azp: 'portal', gty: 'client-credentials' }, { typ: 'JWT' }],
    ['RFC 9068', { client_id: 'portal', scope: 'read', acr: '1', amr: ['pwd'] }, { typ: 'at+jwt' }],
  ])('may have the form of an access token of %s', async (_issuer, claims, header) => {
    expect((await create().identify(await issuer.sign(claims, header))).id).toBe('ann');
  });

  it('without a configured role is FORBIDDEN', async () => {
    for (const roles of [[], ['Admin'], 'root', { admin: true }, null]) {
      await expect(create().identify(await issuer.sign({ roles }))).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
    }
  });

  it('is valid for the clock tolerance after its expiry, and no longer', async () => {
    const identity = create();
    expect((await identity.identify(await issuer.sign({ exp: now() - 2 }))).id).toBe('ann');
    await expect(identity.identify(await issuer.sign({ exp: now() - 10 }))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'the token has expired',
    });
  });
});

describe('a token is UNAUTHENTICATED', () => {
  it.each([
    ['from another issuer', { iss: 'https://evil.example.com' }],
    ['for another audience', { aud: 'another' }],
    ['before it is valid', { nbf: now() + 100 }],
    ['without an expiry', { exp: undefined }],
    ['without a subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['with a subject that is no string', { sub: 7 }],
  ])('%s', async (_what, claims) => {
    await expect(create().identify(await issuer.sign(claims))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it.each(['logout+jwt', 'id+jwt', 'dpop+jwt', ''])('with the type %j', async (typ) => {
    await expect(create().identify(await issuer.sign({}, { typ }))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it.each(['nonce', 'at_hash', 'c_hash', 'events'])('with the claim %s', async (claim) => {
    await expect(create().identify(await issuer.sign({ [claim]: 'x' }))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it.each([
    ['Amazon Cognito', { token_use: 'id' }],
    ['Keycloak', { typ: 'ID' }],
    ['Keycloak, a logout token', { typ: 'Logout' }],
  ])('as an ID token of %s', async (_issuer, claims) => {
    await expect(create().identify(await issuer.sign(claims))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('without a required claim, which ID tokens do not have', async () => {
    const identity = create({ requiredClaims: ['azp'] });
    expect((await identity.identify(await issuer.sign({ azp: 'portal' }))).id).toBe('ann');
    await expect(identity.identify(await issuer.sign())).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'the claim azp of the token is missing or not accepted',
    });
  });

  it.each([undefined, 'JWT'])('with the type %s where at+jwt is required', async (typ) => {
    const identity = create({ requiresAccessTokenType: true });
    expect((await identity.identify(await issuer.sign({}, { typ: 'at+jwt' }))).id).toBe('ann');
    const token = await issuer.sign({}, typ === undefined ? {} : { typ });
    await expect(identity.identify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('when it is signed with another key, with a shared secret, or not signed', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const secret = new TextEncoder().encode('a secret of thirty-two bytes or more');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(
      JSON.stringify({ iss: issuer.url, aud: 'gateway', sub: 'ann', exp: now() + 60, roles: 'admin' }),
    ).toString('base64url')}.AA`;
    const tokens = [
      await issuer.sign({}, { key: privateKey }),
      await issuer.sign({}, { alg: 'HS256', key: secret }),
      unsigned,
      'a.b.c',
    ];
    for (const token of tokens) {
      await expect(create().identify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });
});

describe('the keys of the issuer', () => {
  it('are fetched once, and again for an unknown key', async () => {
    const identity = create();
    await identity.identify(await issuer.sign());
    await identity.identify(await issuer.sign());
    expect(issuer.requestCount()).toBe(2);
    const old = await issuer.sign();
    await issuer.rotate();
    expect((await identity.identify(await issuer.sign({ sub: 'bob' }))).id).toBe('bob');
    await expect(identity.identify(old)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('are fetched once for all key ids that clients make up in an interval', async () => {
    const kids = Array.from({ length: 20 }, (_, i) => `x${i}`);
    const madeUp = await Promise.all(kids.map((kid) => issuer.sign({}, { kid })));
    const identity = create({ minRefetchIntervalMs: 1_000 });
    await identity.identify(await issuer.sign());
    const answers = await Promise.allSettled(madeUp.map((token) => identity.identify(token)));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        reason: { message: 'the key that signed the token is none of the issuer' },
      });
    }
    expect(issuer.requestCount()).toBe(3);
  });

  it('have a new key as soon as a token has it, while made-up key ids wait too', async () => {
    const identity = create({ minRefetchIntervalMs: 500 });
    await identity.identify(await issuer.sign());
    await issuer.rotate();
    const right = await issuer.sign({ sub: 'bob' });
    const wrong = await issuer.sign({}, { kid: 'x' });
    const [refused, accepted] = await Promise.allSettled([wrong, right].map((one) => identity.identify(one)));
    expect(refused).toMatchObject({ reason: { code: 'UNAUTHENTICATED' } });
    expect(accepted).toMatchObject({ value: { id: 'bob' } });
    expect(issuer.requestCount()).toBe(3);
  });

  it('are waited for by 1,000 callers at most', async () => {
    const identity = create({ minRefetchIntervalMs: 1_000 });
    await identity.identify(await issuer.sign());
    const token = await issuer.sign({}, { kid: 'x' });
    const answers = await Promise.allSettled(Array.from({ length: 1_001 }, () => identity.identify(token)));
    const codes = answers.map((answer) => (answer as { reason: { code: string } }).reason.code);
    expect(codes.filter((code) => code === 'UNAVAILABLE')).toHaveLength(1);
    expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(1_000);
  });

  it('go on for an hour while the issuer is down, and are fetched when it is back', async () => {
    let ms = Date.now();
    const identity = create({ now: () => ms });
    const token = await issuer.sign();
    await identity.identify(token);
    issuer.answerWith({ status: 500, body: '' });
    ms += 3_599_000;
    expect((await identity.identify(token)).id).toBe('ann');
    expect((await identity.identify(token)).id).toBe('ann');
    expect(issuer.requestCount()).toBe(3);
    ms += 2_000;
    await expect(identity.identify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    issuer.answerWith(null);
    ms += 10_000;
    expect((await identity.identify(token)).id).toBe('ann');
  });

  it('no longer have a withdrawn key after ten minutes', async () => {
    let ms = Date.now();
    const identity = create({ now: () => ms });
    const token = await issuer.sign();
    await identity.identify(token);
    await issuer.rotate();
    ms += 599_000;
    expect((await identity.identify(token)).id).toBe('ann');
    ms += 2_000;
    await expect(identity.identify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([
    ['no JSON', { status: 200, body: 'no JSON' }],
    ['no set', { status: 200, body: '[]' }],
    ['no list', { status: 200, body: '{"keys":{}}' }],
    ['an empty list', { status: 200, body: '{"keys":[]}' }],
    ['a key that is none', { status: 200, body: '{"keys":[null]}' }],
    ['an error', { status: 404, body: '{"keys":[]}' }],
    ['a redirect', { status: 302, body: '', headers: { location: '/.well-known/openid-configuration' } }],
    ['a long document', { status: 200, body: JSON.stringify({ keys: [{ long: 'x'.repeat(600_000) }] }) }],
    [
      'a long document without a content-length',
      {
        status: 200,
        body: JSON.stringify({ keys: [{ long: 'x'.repeat(600_000) }] }),
        chunked: true as const,
      },
    ],
  ])('are not replaced when the key set is %s', async (_what, answer) => {
    let ms = Date.now();
    const identity = create({ now: () => ms });
    const token = await issuer.sign();
    await identity.identify(token);
    issuer.answerWith({ ...answer, path: '/keys' });
    ms += 601_000;
    expect((await identity.identify(token)).id).toBe('ann');
    expect(issuer.requestCount()).toBe(3);
    await expect(create().identify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(issuer.requestCount()).toBe(5);
  });

  it.each([
    ['cannot be imported', { kty: 'EC', crv: 'P-256', x: 'no', y: 'no' }],
    ['has no alg and no number', { kty: 'RSA', n: '', e: 'AQAB' }],
    ['is too short', { kty: 'RSA', n: 'x'.repeat(171), e: 'AQAB' }],
    ['has another alg than type', { kty: 'RSA', n: 'x'.repeat(342), e: 'AQAB', alg: 'ES256' }],
  ])('are used without one that %s, and its tokens are UNAVAILABLE', async (_what, key) => {
    const token = await issuer.sign();
    const body = JSON.stringify({ keys: [{ ...key, kid: 'broken' }, issuer.key()] });
    issuer.answerWith({ status: 200, body, path: '/keys' });
    const identity = create();
    expect((await identity.identify(token)).id).toBe('ann');
    const { privateKey: other } = await generateKeyPair('RS256');
    const ofBroken = await issuer.sign({}, { kid: 'broken', alg: 'RS256', key: other });
    await expect(identity.identify(ofBroken)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const alone = JSON.stringify({ keys: [{ ...key, kid: 'broken' }] });
    issuer.answerWith({ status: 200, body: alone, path: '/keys' });
    await expect(create().identify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('are not fetched from where a redirect of the discovery leads', async () => {
    const headers = { location: `${issuer.url}/keys` };
    issuer.answerWith({ status: 302, body: '', headers, path: '/.well-known/openid-configuration' });
    await expect(create().identify(await issuer.sign())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(issuer.requestCount()).toBe(1);
  });

  it('cannot be fetched while the issuer is down, and the issuer gets no request during the cool-down', async () => {
    issuer.answerWith({ status: 500, body: '' });
    const identity = create();
    const token = await issuer.sign();
    for (let i = 0; i < 3; i++) {
      await expect(identity.identify(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
    expect(issuer.requestCount()).toBe(1);
  });

  it('are used while the issuer is down, once they have been fetched', async () => {
    const identity = create();
    await identity.identify(await issuer.sign());
    issuer.answerWith({ status: 500, body: '' });
    expect((await identity.identify(await issuer.sign())).id).toBe('ann');
    await expect(identity.identify(await issuer.sign({}, { kid: 'new' }))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  it.each([
    '{"issuer":"https://evil.example.com","jwks_uri":"http://127.0.0.1:1/"}',
    '{}',
    'no JSON',
    '[]',
    'null',
    '{"issuer":"ISSUER","jwks_uri":"no URL"}',
    '{"issuer":"ISSUER","jwks_uri":"file:///etc/passwd"}',
    JSON.stringify({ issuer: 'ISSUER', jwks_uri: 'https://example.com', long: 'x'.repeat(600_000) }),
  ])('are not fetched when the discovery document is %.80s', async (body) => {
    issuer.answerWith({ status: 200, body: body.replace('ISSUER', issuer.url) });
    const identity = create();
    for (let i = 0; i < 3; i += 1) {
      await expect(identity.identify(await issuer.sign())).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        details: { retryAfterSeconds: 10 },
      });
    }
    expect(issuer.requestCount()).toBe(1);
  });
});
