import { describe, expect, it, vi } from 'vitest';
import { LOCAL_CALLER } from '../../src/membership.js';
import type { MutationResult, Services } from '../../src/services/requests/mutations.js';
import { createMemoryHistory, fill, NONE, requestRow, uuid } from '../services/history/memoryHistory.js';
import { execute } from './execute.js';

const TAKEN: MutationResult = { requestId: uuid(1), userErrors: [] };

describe('createMembers', () => {
  const CREATE = `mutation ($input: CreateMembersInput!) { createMembers(input: $input) {
    request { id counts { total } } userErrors { field message code } } }`;

  it('passes on caller and input, and returns the request', async () => {
    const store = createMemoryHistory();
    const createMembers = vi.fn<Services['createMembers']>(async () => {
      fill(store, 1, 2);
      return TAKEN;
    });
    const input = {
      accounts: [{ accountId: '000000000001', email: 'one@example.com' }, { accountId: '000000000002' }],
      administrator: 'security',
      services: ['GUARDDUTY'],
      regions: ['eu-west-1'],
      detectorId: '12abc34d567e8fa901bc2d34e56789f0',
      note: 'OPS-1',
      idempotencyKey: 'once',
      waitSeconds: 0,
      dryRun: false,
      alreadyMember: 'UNPROCESSED',
    };
    const { data, errors } = await execute(CREATE, { input }, { store, services: { createMembers } });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      createMembers: { request: { id: `request_${uuid(1)}`, counts: { total: 2 } }, userErrors: [] },
    });
    expect(createMembers).toHaveBeenCalledExactlyOnceWith(LOCAL_CALLER, input);
  });

  it('waits 20 seconds by default', async () => {
    const createMembers = vi.fn<Services['createMembers']>(async () => TAKEN);
    await execute(CREATE, { input: { accounts: [] } }, { services: { createMembers } });
    expect(createMembers.mock.calls[0]?.[1]).toEqual({
      accounts: [],
      waitSeconds: 20,
      idempotencyKey: null,
      dryRun: false,
      alreadyMember: 'UNPROCESSED',
    });
  });

  it('returns the faults of the input without a request', async () => {
    const userError = {
      field: ['input', 'accounts', '0'],
      message: 'expected ...',
      code: 'INVALID_INPUT',
    } as const;
    const services = { createMembers: async () => ({ requestId: null, userErrors: [userError] }) };
    const { data, errors } = await execute(CREATE, { input: { accounts: [] } }, { services });
    expect(errors).toEqual([]);
    expect(data).toEqual({ createMembers: { request: null, userErrors: [userError] } });
  });

  it('accepts 10,000 accounts', async () => {
    const createMembers = vi.fn<Services['createMembers']>(async () => TAKEN);
    const accounts = Array.from({ length: 10_000 }, (_, i) => ({ accountId: String(i).padStart(12, '0') }));
    await execute(CREATE, { input: { accounts } }, { services: { createMembers } });
    expect(createMembers.mock.calls[0]?.[1].accounts).toEqual(accounts);
  });

  it('refuses an account id that is a number, and says why', async () => {
    const { errors } = await execute(
      'mutation { createMembers(input: { accounts: [{ accountId: 12 }] }) { request { id } } }',
    );
    expect(errors).toEqual([
      'AwsAccountId must be a quoted string; it was 12. It stands for an account id of exactly 12 digits, and leading ' +
        'zeros matter.',
    ]);
  });
});

describe('inviteMembers', () => {
  it('passes on caller and input, and returns the request', async () => {
    const store = createMemoryHistory();
    store.requestRows.push(requestRow({ operation: 'INVITE_MEMBERS' }));
    const inviteMembers = vi.fn<Services['inviteMembers']>(async () => TAKEN);
    const input = {
      accountIds: ['000000000001'],
      message: 'Welcome',
      disableEmailNotification: true,
      idempotencyKey: 'once',
      waitSeconds: 5,
    };
    const { data, errors } = await execute(
      'mutation ($input: InviteMembersInput!) { inviteMembers(input: $input) { request { operation } userErrors { code } } }',
      { input },
      { store, services: { inviteMembers } },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ inviteMembers: { request: { operation: 'INVITE_MEMBERS' }, userErrors: [] } });
    const defaults = { dryRun: false, followUp: false, followUpDays: 7 };
    expect(inviteMembers).toHaveBeenCalledExactlyOnceWith(LOCAL_CALLER, { ...input, ...defaults });
  });
});

describe('two mutations in one operation', () => {
  it('each return the record as it is after them, also for the same request', async () => {
    const store = createMemoryHistory();
    fill(store, 1, 2);
    let processed = 0;
    const createMembers = async () => {
      processed += 1;
      store.targetRows[0] = { ...store.targetRows[0]!, counts: { ...NONE, total: 2, processed } };
      return TAKEN;
    };
    const again = 'createMembers(input: { accounts: [] }) { request { counts { processed } } }';
    const { data } = await execute(
      `mutation { one: ${again} two: ${again} }`,
      {},
      { store, services: { createMembers } },
    );
    expect(data).toEqual({
      one: { request: { counts: { processed: 1 } } },
      two: { request: { counts: { processed: 2 } } },
    });
  });
});

describe('the Idempotency-Key header', () => {
  const keyFor = async (input: { idempotencyKey?: string | null }) => {
    const inviteMembers = vi.fn<Services['inviteMembers']>(async () => TAKEN);
    await execute(
      'mutation ($input: InviteMembersInput!) { inviteMembers(input: $input) { request { id } } }',
      { input: { accountIds: [], ...input } },
      { idempotencyKey: 'from the header', services: { inviteMembers } },
    );
    return inviteMembers.mock.calls[0]?.[1].idempotencyKey;
  };

  it('is the key of an input without its own key', async () => {
    expect(await keyFor({})).toBe('from the header');
    expect(await keyFor({ idempotencyKey: null })).toBe('from the header');
  });

  it('does not replace the key of the input', async () => {
    expect(await keyFor({ idempotencyKey: 'from the input' })).toBe('from the input');
  });
});
