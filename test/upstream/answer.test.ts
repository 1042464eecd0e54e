import { describe, expect, it } from 'vitest';
import type { SecurityService } from '../../src/membership.js';
import type { CallAnswer } from '../../src/ports/upstream.js';
import { httpAnswer, startRawServer } from './rawServer.js';
import { sendTo } from './sendTo.js';

const AWS = { 'content-type': 'application/json', 'x-amzn-requestid': 'req-1' };
const WIRE = { httpStatus: 200, awsRequestId: 'req-1', attempts: 1 };
const NO_ANSWER = {
  kind: 'UNANSWERED',
  metadata: WIRE,
  errorCode: 'UnreadableAnswer',
  errorMessage: 'HTTP 200, and no list of unprocessed accounts in the body.',
  neverSent: false,
};

/** Fields in the order: list, account id, words. */
describe.each<[SecurityService, string, string, string]>([
  ['GUARDDUTY', 'unprocessedAccounts', 'accountId', 'result'],
  ['SECURITY_HUB', 'UnprocessedAccounts', 'AccountId', 'ProcessingResult'],
])('the list of %s', (service, list, id, words) => {
  async function answerTo(body: unknown): Promise<CallAnswer> {
    await using server = await startRawServer((socket) =>
      socket.write(httpAnswer(200, JSON.stringify(body), AWS)),
    );
    return await sendTo(server.endpoint, service);
  }

  it('is returned unchanged and in its order, with malformed ids, duplicates and missing texts', async () => {
    const entries = [
      { [id]: '000000000001', [words]: 'é “verbatim” ' },
      { [id]: '1', [words]: 'short' },
      { [id]: '000000000001', [words]: 'twice' },
      { [id]: '000000000002' },
      { [words]: 'nobody' },
    ];
    expect(await answerTo({ [list]: entries })).toEqual({
      kind: 'ANSWERED',
      metadata: WIRE,
      unprocessed: [
        { accountId: '000000000001', result: 'é “verbatim” ' },
        { accountId: '1', result: 'short' },
        { accountId: '000000000001', result: 'twice' },
        { accountId: '000000000002', result: '' },
        { accountId: '', result: 'nobody' },
      ],
    });
  });

  it.each([['a string'], [{}], [[null]], [['000000000001']]])('is no answer when it is %j', async (value) => {
    expect(await answerTo({ [list]: value })).toEqual(NO_ANSWER);
  });

  it(`is ${service === 'GUARDDUTY' ? 'required' : 'empty when it is missing'}`, async () => {
    expect(await answerTo({})).toEqual(
      service === 'GUARDDUTY' ? NO_ANSWER : { kind: 'ANSWERED', metadata: WIRE, unprocessed: [] },
    );
  });
});
