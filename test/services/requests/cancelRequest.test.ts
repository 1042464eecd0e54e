import { describe, expect, it, vi } from 'vitest';
import { LOCAL_CALLER } from '../../../src/membership.js';
import type { CancelStore } from '../../../src/ports/requests.js';
import { createCancelRequest } from '../../../src/services/requests/cancelRequest.js';
import { createMemoryHistory, requestRow, uuid } from '../history/memoryHistory.js';

const requestId = `request_${uuid(1)}`;

function setUp(end: Awaited<ReturnType<CancelStore['cancel']>> = 'CANCELED') {
  const history = createMemoryHistory();
  history.requestRows.push(requestRow());
  const cancel = vi.fn<CancelStore['cancel']>(async () => end);
  return { history, cancel, cancelRequest: createCancelRequest(history, { cancel }) };
}

describe('cancelRequest', () => {
  it('withdraws the request', async () => {
    const { cancel, cancelRequest } = setUp();
    expect(await cancelRequest(LOCAL_CALLER, { requestId })).toEqual({ requestId: uuid(1), userErrors: [] });
    expect(cancel).toHaveBeenCalledExactlyOnceWith(uuid(1));
  });

  it.each([
    ['FINISHED', 'the request has finished already: nothing of it waits to be sent or is in flight'],
    [
      'IN_FLIGHT',
      'nothing of the request waits to be sent: all its open accounts are in flight. They end with their answers, and are not sent again',
    ],
  ] as const)('says of a request that is %s that nothing waits', async (end, message) => {
    const { cancelRequest } = setUp(end);
    expect(await cancelRequest(LOCAL_CALLER, { requestId })).toEqual({
      requestId: null,
      userErrors: [{ field: ['input', 'requestId'], code: 'NOT_CANCELABLE', message }],
    });
  });

  it.each(['', 'nonsense', `call_${uuid(1)}`, `request_${uuid(9)}`])('does not find %j', async (id) => {
    const { cancel, cancelRequest } = setUp();
    const { requestId: made, userErrors } = await cancelRequest(LOCAL_CALLER, { requestId: id });
    expect([made, userErrors.map(({ code }) => code)]).toEqual([null, ['NOT_FOUND']]);
    expect(cancel).not.toHaveBeenCalled();
  });

  it("does not find the request of an administrator that is not the caller's", async () => {
    const { cancel, cancelRequest } = setUp();
    const stranger = { ...LOCAL_CALLER, administrators: ['other'] };
    const { userErrors } = await cancelRequest(stranger, { requestId });
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['input', 'requestId'] }]);
    expect(cancel).not.toHaveBeenCalled();
  });
});
