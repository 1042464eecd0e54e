import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, GatewayError, operations, type Client } from '../../client/src/index.js';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';
import { addAccounts } from './portal.js';

let gateway: TestGateway;
let client: Client;

beforeAll(async () => {
  gateway = await startGateway();
  client = createClient({ url: gateway.url });
});
afterAll(() => gateway.stop());

describe('a method for each operation', () => {
  it('adds members, watches the request and lists its outcomes over all pages', async () => {
    const { request, userErrors } = await client.createMembers({ accounts: accounts(3), waitSeconds: 0 });
    expect(userErrors).toEqual([]);
    const states = await all(client.watch(request!.id));
    expect(states.at(-1)).toMatchObject({ id: request!.id, status: 'SUCCEEDED' });
    const filter = { requestId: request!.id };
    const outcomes = await all(client.outcomes({ filter, first: 5 }));
    expect(outcomes).toHaveLength(3 * 2 * 2);
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(outcomes.length);
  });

  it('is what a portal needs', async () => {
    const lines = await addAccounts(gateway.url, '', new Map([['210987654321', 'audit@example.com']]));
    expect(lines.slice(-2)).toEqual(['SUCCEEDED: 2 of 2', 'administrators: default']);
  });

  it('returns the faults of an input as data', async () => {
    const { request, userErrors } = await client.inviteMembers({ accountIds: ['1'] });
    expect(request).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', 'accountIds', '0'] }]);
  });

  it('runs every document without an error', async () => {
    const { request } = await client.createMembers({ accounts: accounts(1, 10) });
    const [accountId] = accounts(1, 10).map((account) => account.accountId);
    const variables: Record<string, object> = {
      account: { accountId },
      accounts: { accountIds: [accountId] },
      createMembers: { input: { accounts: accounts(5, 20), dryRun: true } },
      inviteMembers: { input: { accountIds: [accountId], dryRun: true } },
      disassociateMembers: { input: { accountIds: [accountId], dryRun: true } },
      deleteMembers: { input: { accountIds: [accountId], dryRun: true } },
      retryRequest: { input: { requestId: request!.id } },
      cancelRequest: { input: { requestId: request!.id } },
      resolveDoubt: { input: { callId: 'call_1', ending: 'FAILED', reason: 'looked' } },
      createToken: { input: { name: 'one', role: 'VIEWER' } },
      revokeToken: { input: { tokenId: 'token_1' } },
      refreshInventory: { input: {} },
      members: { service: 'GUARDDUTY', region: 'us-east-1' },
      reconcile: { input: { accounts: accounts(2) } },
      request: { id: request!.id },
      requestCalls: { id: request!.id },
      requestDetails: { id: request!.id },
      statistics: { groupBy: ['STATUS', 'REASON_CODE'] },
    };
    const { requestProgress: _, ...others } = operations;
    await Promise.all(
      Object.entries(others).map(([name, document]) =>
        expect(client.execute(String(document), variables[name] ?? {}), name).resolves.toBeDefined(),
      ),
    );
  });
});

it('execute takes a document of graphql-codegen, which is an object', async () => {
  class TypedDocumentString extends String {
    readonly __meta__ = { hash: 'sha256:0' };
  }
  const answer = await client.execute(new TypedDocumentString('{ administrators { id } }'));
  expect(answer).toEqual({ administrators: [{ id: 'default' }] });
});

describe('an operation that fails', () => {
  it('is an error with the code of the gateway', async () => {
    const failure: unknown = await client.account({ accountId: 'one' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GatewayError);
    expect(failure).toMatchObject({ code: 'BAD_USER_INPUT', status: 200, requestId: expect.any(String) });
  });
});

async function all<Entry>(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const collected: Entry[] = [];
  for await (const entry of entries) {
    collected.push(entry);
  }
  return collected;
}
