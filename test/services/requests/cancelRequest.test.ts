import { describe, expect, it, vi } from 'vitest';
import { LOCAL_CALLER } from '../../../src/membership.js';
import type { CancelStore } from '../../../src/ports/requests.js';
import { createCancelRequest } from '../../../src/services/requests/cancelRequest.js';
import { createMemoryHistory, requestRow, uuid } from '../history/memoryHistory.js';

const requestId = `request_${uuid(1)}`;

function setUp(wasOpen = true) {
  const history = createMemoryHistory();
  history.requestRows.push(requestRow());
  const cancel = vi.fn<CancelStore['cancel']>(async () => wasOpen);
  return { history, cancel, cancelRequest: createCancelRequest(history, { cancel }) };
}

describe('cancelRequest', () => {
  it('withdraws the request', async () => {
    const { cancel, cancelRequest } = setUp();
    expect(await cancelRequest(LOCAL_CALLER, { requestId })).toEqual({ requestId: uuid(1), userErrors: [] });
    expect(cancel).toHaveBeenCalledExactlyOnceWith(uuid(1));
  });

  it('says of a finished request that nothing is left', async () => {
    const { cancelRequest } = setUp(false);
    expect(await cancelRequest(LOCAL_CALLER, { requestId })).toEqual({
      requestId: null,
      userErrors: [
        {
          field: ['input', 'requestId'],
          code: 'NOT_CANCELABLE',
          message: 'the request has finished already: nothing of it waits to be sent or is in flight',
        },
      ],
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
