import { expect, it } from 'vitest';
import { startRawServer } from './rawServer.js';
import { CALL_ID, sendTo } from './sendTo.js';

const EMPTY =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-amzn-requestid: r-1\r\ncontent-length: 26\r\n\r\n{"UnprocessedAccounts":[]}';

it.each(['GUARDDUTY', 'SECURITY_HUB'] as const)(
  'a call to %s says in its user agent which call of the record it is',
  async (service) => {
    await using server = await startRawServer((socket) => socket.write(EMPTY));
    await sendTo(server.endpoint, service);
    const [request = ''] = server.requests;
    const userAgent = /^user-agent: (.*)$/im.exec(request)?.[1] ?? '';
    expect(userAgent.trim()).toMatch(new RegExp(`^aws-sdk-js/.* md/call#${CALL_ID}$`));
    expect(/SignedHeaders=([^,]*)/.exec(request)?.[1]?.split(';')).not.toContain('user-agent');
  },
);
