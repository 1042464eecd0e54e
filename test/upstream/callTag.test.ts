import { expect, it } from 'vitest';
import { MEMBERSHIP_OPERATIONS, SECURITY_SERVICES } from '../../src/membership.js';
import { startRawServer } from './rawServer.js';
import { CALL_ID, sendTo } from './sendTo.js';

const EMPTY =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-amzn-requestid: r-1\r\ncontent-length: 26\r\n\r\n{"UnprocessedAccounts":[]}';

const CALLS = SECURITY_SERVICES.flatMap((service) =>
  MEMBERSHIP_OPERATIONS.map((operation) => [operation, service] as const),
);

it.each(CALLS)('%s at %s names its call of the record in the user agent', async (operation, service) => {
  await using server = await startRawServer((socket) => socket.write(EMPTY));
  await sendTo(server.endpoint, service, operation);
  const [request = ''] = server.requests;
  const userAgent = /^user-agent: (.*)$/im.exec(request)?.[1] ?? '';
  expect(userAgent.trim()).toMatch(new RegExp(`^aws-sdk-js/.* md/call#${CALL_ID}$`));
  expect(/SignedHeaders=([^,]*)/.exec(request)?.[1]?.split(';')).not.toContain('user-agent');
});
