import { expect, it } from 'vitest';
import type { SecurityService } from '../../src/membership.js';
import { httpAnswer, startRawServer } from './rawServer.js';
import { upstreamTo } from './sendTo.js';

const AWS = { 'content-type': 'application/json', 'x-amzn-requestid': 'req-1' };
const GOOD = '2026-03-01T12:00:00.000Z';

/** GetMembers of three accounts, answered with this body. */
async function read(service: SecurityService, body: unknown) {
  await using server = await startRawServer((socket) =>
    socket.write(httpAnswer(200, JSON.stringify(body), AWS)),
  );
  const upstream = upstreamTo(server.endpoint, service);
  const target = { administrator: 'security', service, region: 'eu-west-1' };
  const answer = await upstream.getMembers(target, 'd1', ['000000000001', '000000000002', '000000000003']);
  upstream.close();
  return answer;
}

it.each(['soon', '', 1_700_000_000, '5', { at: GOOD }, '2026-13-01T12:00:00Z'])(
  'a time of %j is unknown, and the other accounts are read',
  async (time) => {
    const securityHub = {
      Members: [
        { AccountId: '000000000001', MemberStatus: 'Enabled', InvitedAt: GOOD, UpdatedAt: GOOD },
        { AccountId: '000000000002', MemberStatus: 'Invited', InvitedAt: time, UpdatedAt: GOOD },
      ],
      UnprocessedAccounts: [{ AccountId: '000000000003', ProcessingResult: 'not a member' }],
    };
    const guardDuty = {
      members: [
        { accountId: '000000000001', relationshipStatus: 'Enabled', invitedAt: GOOD, updatedAt: GOOD },
        { accountId: '000000000002', relationshipStatus: 'Invited', invitedAt: time, updatedAt: GOOD },
      ],
      unprocessedAccounts: [{ accountId: '000000000003', result: 'not a member' }],
    };
    for (const answer of [await read('SECURITY_HUB', securityHub), await read('GUARDDUTY', guardDuty)]) {
      expect(answer).toMatchObject({
        kind: 'READ',
        members: [
          { accountId: '000000000001', invitedAt: new Date(GOOD), updatedAt: new Date(GOOD) },
          { accountId: '000000000002', invitedAt: null, updatedAt: new Date(GOOD) },
        ],
        unprocessed: [{ accountId: '000000000003' }],
      });
    }
  },
);

it.each([null, '000000000002', 5])('an entry of %j leaves the other accounts readable', async (entry) => {
  const good = { AccountId: '000000000001', MemberStatus: 'Enabled' };
  expect(await read('SECURITY_HUB', { Members: [entry, good], UnprocessedAccounts: [entry] })).toMatchObject({
    kind: 'READ',
    members: [{ accountId: '000000000001' }],
    unprocessed: [],
  });
});
