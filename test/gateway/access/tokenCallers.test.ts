import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAdministrators } from '../../support/administrators.js';
import { startGateway, type TestGateway } from '../../support/gateway.js';

const BUDGET = 1_000;

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({
    environment: {
      AUTH_MODE: 'token',
      CALLER_BUDGET: String(BUDGET),
      CALLER_BUDGET_SECONDS: '3600',
      ADMINISTRATORS_FILE: await writeAdministrators({ one: '111122223333', two: '444455556666' }),
    },
  });
});
afterAll(() => gateway.stop());

const post = async (token: string, query: string) =>
  (await gateway.post({ query }, { authorization: `Bearer ${token}` })).body;

const create = (administrator: string, key: string) => `mutation { createMembers(input: {
  administrator: "${administrator}", services: [SECURITY_HUB], accounts: [{ accountId: "222233334444" }], waitSeconds: 0,
  idempotencyKey: "${key}"
}) { request { id requestedBy { id name kind } } userErrors { code } } }`;

interface Made {
  createMembers: { request: { id: string; requestedBy: { id: string; name: string } } };
}

async function madeBy(token: string, administrator: string, key: string) {
  const { data } = await post(token, create(administrator, key));
  return (data as unknown as Made).createMembers.request;
}

describe('tokens of one name', () => {
  it('do not show the admin of one administrator that another administrator has a token of that name', async () => {
    await gateway.token('portal', 'ADMIN', ['two']);
    const admin = await gateway.token('boss', 'ADMIN', ['one']);
    const { data } = await post(
      admin,
      'mutation { createToken(input: { name: "portal", role: VIEWER }) { token { name } userErrors { message } } }',
    );
    expect(data?.['createToken']).toEqual({ token: { name: 'portal' }, userErrors: [] });
    expect((await post(admin, '{ tokens { administrators } }')).data?.['tokens']).toEqual([
      { administrators: ['one'] },
      { administrators: ['one'] },
    ]);
  });

  it('are callers of their own, with idempotency keys of their own', async () => {
    const first = await madeBy(await gateway.token('robot', 'OPERATOR', ['one']), 'one', 'same-key');
    const second = await madeBy(await gateway.token('robot', 'OPERATOR', ['one']), 'one', 'same-key');
    expect(second.id).not.toBe(first.id);
    expect([first, second].map(({ requestedBy }) => requestedBy.name)).toEqual(['robot', 'robot']);
    expect(first.requestedBy.id).toMatch(/^token_[0-9a-f-]{36}$/);
    expect(second.requestedBy.id).not.toBe(first.requestedBy.id);
  });

  it('have budgets of their own, also if the first one was revoked', async () => {
    const spent = await gateway.token('spender', 'VIEWER', ['one']);
    const query = '{ requests(first: 100) { nodes { targets { service } } } }';
    let codes: unknown[] = [];
    for (let i = 0; i < 10 && codes.length === 0; i++) {
      codes = (await post(spent, query)).errors?.map(({ extensions }) => extensions.code) ?? [];
    }
    expect(codes).toEqual(['RATE_LIMITED']);
    const admin = await gateway.token('boss', 'ADMIN', ['one']);
    const { data } = await post(admin, '{ tokens { id name } }');
    const { id } = (data?.['tokens'] as { id: string; name: string }[]).find(
      ({ name }) => name === 'spender',
    )!;
    await post(admin, `mutation { revokeToken(input: { tokenId: "${id}" }) { token { id } } }`);
    const again = await gateway.token('spender', 'VIEWER', ['one']);
    expect((await post(again, '{ administrators { id } }')).errors).toBeUndefined();
  });
});
