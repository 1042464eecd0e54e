import { expect, it } from 'vitest';
import { httpAnswer, startRawServer } from './rawServer.js';
import { sendTo } from './sendTo.js';

const disassociate = async (body: string, headers: Record<string, string>, status = 200) => {
  await using server = await startRawServer((socket) => socket.write(httpAnswer(status, body, headers)));
  const answer = await sendTo(server.endpoint, 'SECURITY_HUB', 'DISASSOCIATE_MEMBERS');
  expect(server.requests).toHaveLength(1);
  return answer;
};

const AWS = { 'content-type': 'application/json', 'x-amzn-requestid': 'req-1' };
const metadata = (httpStatus: number, awsRequestId: string | null) => ({
  httpStatus,
  awsRequestId,
  attempts: 1,
});

it('an empty object acknowledges DisassociateMembers of Security Hub, without results of accounts', async () => {
  expect(await disassociate('{}', AWS)).toEqual({ kind: 'ACKNOWLEDGED', metadata: metadata(200, 'req-1') });
});

it('an empty object without the request id of AWS is no answer', async () => {
  expect(await disassociate('{}', { 'content-type': 'application/json' })).toEqual({
    kind: 'UNANSWERED',
    metadata: metadata(200, null),
    errorCode: 'UnreadableAnswer',
    errorMessage: 'HTTP 200, and no request id of AWS.',
    neverSent: false,
  });
});

it('a refusal of DisassociateMembers is a refusal as for other calls', async () => {
  const headers = { ...AWS, 'x-amzn-errortype': 'InvalidAccessException' };
  expect(await disassociate('{"Message":"Not subscribed."}', headers, 401)).toMatchObject({
    kind: 'REFUSED',
    errorCode: 'InvalidAccessException',
  });
});
