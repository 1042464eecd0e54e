import { describe, expect, it } from 'vitest';
import { accountsOf } from '../../../src/services/answers/membersRead.js';

const kindOf = (result: string) =>
  accountsOf({ kind: 'READ', members: [], unprocessed: [{ accountId: '1', result }] } as never)('1').kind;

describe('an account that GetMembers names', () => {
  it.each([
    'The request is rejected because the given account ID is not an associated member of this account.',
    'Account 1 is not a member of account 2',
    'AccountNotFound: the account was not found.',
    'The member account does not exist.',
    'No such member',
  ])('is no member when the words say so: %s', (words) => {
    expect(kindOf(words)).toBe('NOT_A_MEMBER');
  });

  it.each(['', 'Internal error', 'Maximum number of results exceeded', 'Access denied.'])(
    'is unknown with other words: %j',
    (words) => {
      expect(kindOf(words)).toBe('UNKNOWN');
    },
  );
});
