import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MEMBER_STATUSES } from '../../../sandbox/members/member.js';
import { memberStatusOf } from '../../../src/services/members/memberStatus.js';

const TABLE = [
  ['Created', 'CREATED'],
  ['Invited', 'INVITED'],
  ['Enabled', 'ENABLED'],
  ['Associated', 'ENABLED'],
  ['Disabled', 'DISABLED'],
  ['Removed', 'REMOVED'],
  ['Resigned', 'RESIGNED'],
  ['Deleted', 'DELETED'],
  ['EmailVerificationInProgress', 'EMAIL_VERIFICATION_IN_PROGRESS'],
  ['EmailVerificationFailed', 'EMAIL_VERIFICATION_FAILED'],
  ['AccountSuspended', 'ACCOUNT_SUSPENDED'],
] as const;

describe('the status of a member', () => {
  it.each(TABLE)('%s is %s in any case', (word, status) => {
    for (const written of [word, word.toUpperCase(), word.toLowerCase()]) {
      expect(memberStatusOf(written)).toBe(status);
    }
  });

  it.each(['', 'Banished', 'constructor', '__proto__', 'EMAIL_VERIFICATION_FAILED'])(
    'is OTHER for an unknown word: %j',
    (word) => {
      expect(memberStatusOf(word)).toBe('OTHER');
    },
  );

  it('is known for every word that the look-alike and UPSTREAMS.md know', () => {
    const page = readFileSync('UPSTREAMS.md', 'utf8');
    const written = [...page.matchAll(/^\| CreateMembers +\| ([A-Z]\w+) /gm)].map((match) => match[1]);
    expect(written.length).toBeGreaterThan(10);
    expect(TABLE.map(([word]) => word).toSorted()).toEqual([...new Set(written)].toSorted());
    expect(TABLE.map(([word]) => word).toSorted()).toEqual(MEMBER_STATUSES.toSorted());
  });
});
