import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMembers } from '../../../src/services/plans/compareMembers.js';

const OWN = '9';
const member = (accountId: string, serviceStatus: string, email: string | null = null) => ({
  accountId,
  serviceStatus,
  email,
  invitedAt: null,
  updatedAt: null,
});
const desired = (accountId: string, email: string | null = null) => ({ accountId, email });
const options = { service: 'GUARDDUTY', ownAccountId: OWN, limit: 100 } as const;

describe('a comparison of desired members with members', () => {
  it('puts every account on its lists', () => {
    const compared = compareMembers(
      [
        desired('1', 'a@example.com'),
        desired('2'),
        desired('3'),
        desired('4', 'NEW@example.com'),
        desired('5', 'SAME@example.com'),
        desired('55', 'wrong@example.com'),
        desired(OWN),
      ],
      [
        member('3', 'Created'),
        member('4', 'Enabled', 'old@example.com'),
        member('5', 'Enabled', 'same@example.com'),
        member('55', 'EmailVerificationFailed', 'wrong@example.com'),
        member('7', 'Enabled'),
        member('6', 'Invited'),
        member('8', 'Removed'),
      ],
      options,
    );
    const { upToDate, ...lists } = compared;
    const ids = Object.entries(lists).map(([name, { accounts }]) => [
      name,
      accounts.map(({ accountId }) => accountId),
    ]);
    expect(Object.fromEntries(ids)).toEqual({
      toCreate: ['1'],
      toInvite: ['3'],
      toRecreate: ['55'],
      emailMissing: ['2'],
      unexpected: ['6', '7'],
      emailDiffers: ['4'],
    });
    expect(upToDate).toBe(1);
  });

  it('counts all accounts of a list, and shows the first ones up to the limit', () => {
    const members = ['3', '1', '2'].map((accountId) => member(accountId, 'Enabled'));
    const { unexpected } = compareMembers([], members, { ...options, limit: 2 });
    expect(unexpected.totalCount).toBe(3);
    expect(unexpected.accounts.map(({ accountId }) => accountId)).toEqual(['1', '2']);
  });

  it('has every desired account on one list or up to date, in any state of the target', () => {
    const id = fc.integer({ min: 100, max: 130 }).map(String);
    const status = fc.constantFrom(
      'Created',
      'Invited',
      'Enabled',
      'Removed',
      'Resigned',
      'Deleted',
      'EmailVerificationFailed',
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(id),
        fc.uniqueArray(fc.record({ id, status }), { selector: (one) => one.id }),
        (ids, listed) => {
          const compared = compareMembers(
            ids.toSorted().map((accountId) => desired(accountId, `${accountId}@example.com`)),
            listed.map((one) => member(one.id, one.status)),
            options,
          );
          const { toCreate, toInvite, toRecreate, emailMissing, upToDate, unexpected } = compared;
          const onLists = toCreate.totalCount + toInvite.totalCount + toRecreate.totalCount;
          expect(onLists + upToDate).toBe(ids.length);
          expect(emailMissing.totalCount).toBe(0);
          expect(unexpected.accounts.every(({ accountId }) => !ids.includes(accountId))).toBe(true);
        },
      ),
    );
  });
});
