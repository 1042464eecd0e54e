import { describe, expect, it } from 'vitest';
import { LOCAL_CALLER, type Administrator } from '../../../src/membership.js';
import { confirmationOf } from '../../../src/services/requests/confirmation.js';
import { newRequest } from '../../../src/services/requests/newRequest.js';

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
const ACCOUNTS = [
  { accountId: '222233334444', email: 'b@example.com' },
  { accountId: '000000000012', email: null },
];
const IN_VIRGINIA = (['GUARDDUTY', 'SECURITY_HUB'] as const).map((service) => ({
  administrator: 'security',
  service,
  region: 'us-east-1',
}));

/** Hashes on record were made by earlier releases, and have to stay as they are. */
describe('the hashes of an input', () => {
  it('are those of earlier releases, so that an idempotency key finds its request after an upgrade', () => {
    const { inputHash } = newRequest(LOCAL_CALLER, {
      operation: 'CREATE_MEMBERS',
      accounts: ACCOUNTS,
      targets: {
        administrator: ADMINISTRATOR,
        addresses: IN_VIRGINIA.flatMap((target) => [target, { ...target, region: 'eu-west-1' }]),
        detectorId: null,
      },
      options: { note: 'n' },
    });
    expect(inputHash).toBe('169eea5adc84463e177c89bc1dece2eec6146879c73763f569bb8652eadb6bcd');
  });

  it('cover alreadyMember only when it is not the default', () => {
    const hashOf = (more: { alreadyMember?: 'PROCESSED' | 'UNPROCESSED' }) =>
      newRequest(LOCAL_CALLER, {
        operation: 'CREATE_MEMBERS',
        accounts: ACCOUNTS,
        targets: { administrator: ADMINISTRATOR, addresses: IN_VIRGINIA, detectorId: null },
        options: {},
        ...more,
      }).inputHash;
    expect(hashOf({ alreadyMember: 'UNPROCESSED' })).toBe(hashOf({}));
    expect(hashOf({ alreadyMember: 'PROCESSED' })).not.toBe(hashOf({}));
  });

  it('cover the options of an invitation', () => {
    const { inputHash, targets } = newRequest(LOCAL_CALLER, {
      operation: 'INVITE_MEMBERS',
      accounts: ACCOUNTS,
      targets: { administrator: ADMINISTRATOR, addresses: IN_VIRGINIA, detectorId: 'd1' },
      options: {},
      message: 'hi',
      disableEmailNotification: true,
      followUpDays: 7,
    });
    expect(inputHash).toBe('05f7413a2f38d4ba36c3064f494d297e69a230602f10bc3ef366fb080501e50b');
    expect(targets.map(({ batchKey }) => batchKey)).toEqual([
      'INVITE_MEMBERS:dbd87afecafe575baf1f7b15754a3b57',
      'INVITE_MEMBERS',
    ]);
  });

  it('of a previewed removal are those of earlier releases, in any order of accounts and regions', () => {
    const bothRegions = IN_VIRGINIA.flatMap((target) => [target, { ...target, region: 'eu-west-1' }]);
    for (const [accounts, addresses] of [
      [ACCOUNTS, bothRegions],
      [ACCOUNTS.toReversed(), bothRegions.toSorted((a, b) => (a.region < b.region ? -1 : 1))],
    ] as const) {
      const targets = { administrator: ADMINISTRATOR, addresses, detectorId: null };
      const { boundHash } = confirmationOf('confirm_x', { operation: 'DELETE_MEMBERS', accounts, targets });
      expect(boundHash).toBe('f735b8686b5c2d7fc9571fbe05f36000a46ec210e689ff058589226764c0c9d5');
    }
  });
});
