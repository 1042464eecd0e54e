import { describe, expect, it, vi } from 'vitest';
import { LOCAL_CALLER, RETRYABLE_REASONS, type Administrator } from '../../../src/membership.js';
import type { NewRetry, RetrySource, RetrySources } from '../../../src/ports/requests.js';
import type { RecordRequest } from '../../../src/services/requests/recordRequest.js';
import type { ShareOfRemoval } from '../../../src/services/plans/removalShare.js';
import { createRetryRequest } from '../../../src/services/requests/retryRequest.js';
import { uuid } from '../history/memoryHistory.js';

const ADMINISTRATOR: Administrator = {
  id: 'security',
  accountId: '111122223333',
  roleArn: null,
  externalId: null,
  profile: null,
  services: ['GUARDDUTY', 'SECURITY_HUB'],
  regions: ['eu-west-1', 'us-east-1'],
  detectorIds: {},
};
const THERE = { service: 'SECURITY_HUB', region: 'eu-west-1' } as const;
const PASSING = { ...THERE, reasonCode: 'INTERNAL_ERROR', outcomes: 2 } as const;
const LASTING = { ...THERE, reasonCode: 'SELF', outcomes: 3 } as const;
const SOURCE: RetrySource = {
  operation: 'INVITE_MEMBERS',
  administrator: 'security',
  status: 'PARTIALLY_SUCCEEDED',
  outcomesErased: false,
  emailsErased: false,
  ended: [PASSING, LASTING],
};
const requestId = `request_${uuid(1)}`;

function setUp(
  source: RetrySource | null = SOURCE,
  administrators: readonly Administrator[] = [ADMINISTRATOR],
) {
  const find = vi.fn<RetrySources['find']>(async () => source);
  const record = vi.fn<RecordRequest>(async ({ id }) => ({ requestId: id, userErrors: [] }));
  const retryRequest = createRetryRequest({
    administrators,
    sources: { find },
    record,
    shareOfRemoval: vi.fn<ShareOfRemoval>(),
  });
  return { find, record, retryRequest };
}

describe('retryRequest', () => {
  it('retries an invitation whose e-mail addresses were erased, since it needs none', async () => {
    const { record, retryRequest } = setUp({ ...SOURCE, emailsErased: true });
    expect((await retryRequest(LOCAL_CALLER, { requestId })).userErrors).toEqual([]);
    expect(record).toHaveBeenCalledOnce();
  });

  it('sends the retryable outcomes again, and passes waitSeconds on', async () => {
    const { find, record, retryRequest } = setUp();
    const input = { requestId, note: 'again', idempotencyKey: 'once', waitSeconds: 3 };
    const result = await retryRequest(LOCAL_CALLER, input);
    expect(find).toHaveBeenCalledExactlyOnceWith(LOCAL_CALLER, uuid(1));
    expect(record).toHaveBeenCalledExactlyOnceWith(
      {
        id: result.requestId,
        caller: LOCAL_CALLER,
        operation: 'INVITE_MEMBERS',
        retryOf: uuid(1),
        outcomes: 2,
        reasonCodes: RETRYABLE_REASONS,
        note: 'again',
        idempotencyKey: 'once',
        inputHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      { waitSeconds: 3 },
    );
    expect(result.userErrors).toEqual([]);
  });

  it('is another input when the old request, onlyRetryable or the note differs, and with no other difference', async () => {
    const { record, retryRequest } = setUp();
    const inputs = [
      { requestId },
      { requestId: `request_${uuid(2)}` },
      { requestId, onlyRetryable: false },
      { requestId, note: 'again' },
      { requestId, onlyRetryable: true, note: null, waitSeconds: 0, idempotencyKey: 'k' },
      { requestId, onlyRetryable: null },
    ];
    for (const input of inputs) {
      await retryRequest(LOCAL_CALLER, input);
    }
    const hashes = record.mock.calls.map(([{ inputHash }]) => inputHash);
    expect(new Set(hashes).size).toBe(4);
    expect(new Set([hashes[0], hashes[4], hashes[5]]).size).toBe(1);
  });

  it('sends every unsuccessful outcome again when onlyRetryable is false', async () => {
    const { record, retryRequest } = setUp({ ...SOURCE, ended: [LASTING] });
    await retryRequest(LOCAL_CALLER, { requestId, onlyRetryable: false });
    expect((record.mock.calls[0]?.[0] as NewRetry).reasonCodes).toBeNull();
  });

  it.each(['', 'nonsense', `call_${uuid(1)}`, 'outcome_1_000000000001'])(
    'does not read %j, which is no id of a request',
    async (id) => {
      const { find, record, retryRequest } = setUp();
      expect(await retryRequest(LOCAL_CALLER, { requestId: id })).toEqual({
        requestId: null,
        userErrors: [
          {
            field: ['input', 'requestId'],
            code: 'NOT_FOUND',
            message: `expected the id of a MembershipRequest that the caller may see, got ${JSON.stringify(id)}`,
          },
        ],
      });
      expect(find).not.toHaveBeenCalled();
      expect(record).not.toHaveBeenCalled();
    },
  );

  it.each<[string, RetrySource | null, readonly Administrator[], { code: string; message: string }]>([
    [
      'a request that is not there',
      null,
      [ADMINISTRATOR],
      {
        code: 'NOT_FOUND',
        message: `expected the id of a MembershipRequest that the caller may see, got "${requestId}"`,
      },
    ],
    [
      'one that has not finished',
      { ...SOURCE, status: 'RUNNING' },
      [ADMINISTRATOR],
      {
        code: 'NOT_RETRYABLE',
        message:
          'expected a request that has finished, got one that is RUNNING: wait for it, or cancel it first',
      },
    ],
    [
      'one whose outcomes were erased',
      { ...SOURCE, outcomesErased: true, emailsErased: true },
      [ADMINISTRATOR],
      {
        code: 'NOT_RETRYABLE',
        message: 'the outcomes of the request were erased for their age: make a new request of its accounts',
      },
    ],
    [
      'one whose e-mail addresses, which are needed, were erased',
      { ...SOURCE, operation: 'CREATE_MEMBERS', emailsErased: true },
      [ADMINISTRATOR],
      {
        code: 'NOT_RETRYABLE',
        message:
          'the e-mail addresses of the request were erased for their age: make a new request of its accounts',
      },
    ],
    [
      'one of which nothing ended badly',
      { ...SOURCE, ended: [] },
      [ADMINISTRATOR],
      { code: 'NOT_RETRYABLE', message: 'no outcome of the request ended UNPROCESSED or FAILED' },
    ],
    [
      'one of which nothing is retryable',
      {
        ...SOURCE,
        ended: [LASTING, { ...LASTING, region: 'us-east-1' }, { ...LASTING, reasonCode: 'OTHER' }],
      },
      [ADMINISTRATOR],
      {
        code: 'NOT_RETRYABLE',
        message:
          'no outcome of the request ended with a retryable reason; with onlyRetryable: false, 9 would be sent again (SELF 6, OTHER 3)',
      },
    ],
    [
      'one whose administrator is gone',
      SOURCE,
      [{ ...ADMINISTRATOR, id: 'other' }],
      { code: 'NOT_RETRYABLE', message: 'administrator security is not configured any more' },
    ],
    [
      'one whose region is gone',
      { ...SOURCE, ended: [PASSING, { ...PASSING, reasonCode: 'THROTTLED' }] },
      [{ ...ADMINISTRATOR, regions: ['us-east-1'] }],
      {
        code: 'NOT_RETRYABLE',
        message: 'administrator security is not configured for SECURITY_HUB in eu-west-1 any more',
      },
    ],
  ])('refuses %s', async (_what, source, administrators, { code, message }) => {
    const { record, retryRequest } = setUp(source, administrators);
    const { requestId: made, userErrors } = await retryRequest(LOCAL_CALLER, { requestId });
    expect(made).toBeNull();
    expect(userErrors).toEqual([{ field: ['input', 'requestId'], code, message }]);
    expect(record).not.toHaveBeenCalled();
  });

  it('ignores a region that is not configured any more when nothing is sent there', async () => {
    const ended = [PASSING, { ...LASTING, region: 'us-east-1' }];
    const { record, retryRequest } = setUp({ ...SOURCE, ended }, [
      { ...ADMINISTRATOR, regions: ['eu-west-1'] },
    ]);
    await retryRequest(LOCAL_CALLER, { requestId });
    expect(record).toHaveBeenCalledOnce();
  });

  it('names every fault at once', async () => {
    const { retryRequest } = setUp({ ...SOURCE, ended: [] });
    const { userErrors } = await retryRequest(LOCAL_CALLER, { requestId, waitSeconds: 61, note: 'a\0b' });
    expect(userErrors.map(({ code }) => code)).toEqual(['NOT_RETRYABLE', 'INVALID_INPUT', 'INVALID_INPUT']);
  });
});
