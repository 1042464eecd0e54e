import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MembershipOperation } from '../../../src/membership.js';
import type { ServiceMember } from '../../../src/ports/upstream.js';
import { CLOCK_TOLERANCE_MS, verdictFromReadBack } from '../../../src/services/answers/readBack.js';

const STARTED_AT = new Date('2026-03-01T12:00:00Z');
const after = (ms: number) => new Date(STARTED_AT.getTime() + ms);

type Change = 'creation' | 'invitation' | 'disassociation' | 'deletion';
const OPERATIONS = [
  ['CREATE_MEMBERS', 'creation'],
  ['INVITE_MEMBERS', 'invitation'],
  ['DISASSOCIATE_MEMBERS', 'disassociation'],
  ['DELETE_MEMBERS', 'deletion'],
] as const;
const OPERATION_OF: Readonly<Record<string, MembershipOperation>> = {
  CreateMembers: 'CREATE_MEMBERS',
  InviteMembers: 'INVITE_MEMBERS',
  DisassociateMembers: 'DISASSOCIATE_MEMBERS',
  DeleteMembers: 'DELETE_MEMBERS',
};

const member = (serviceStatus: string, date: Date | null): ServiceMember => ({
  accountId: '000000000001',
  serviceStatus,
  email: null,
  invitedAt: date,
  updatedAt: date,
});

/** Every status either service documents, and one it does not: which changes it shows. */
const SHOWS = {
  GUARDDUTY: {
    Created: ['creation'],
    Invited: ['creation', 'invitation'],
    Enabled: ['creation', 'invitation'],
    Disabled: ['creation'],
    Removed: ['disassociation'],
    Resigned: [],
    EmailVerificationInProgress: ['creation', 'invitation'],
    EmailVerificationFailed: ['creation', 'invitation'],
  },
  SECURITY_HUB: {
    Created: ['creation'],
    Invited: ['creation', 'invitation'],
    Enabled: ['creation', 'invitation'],
    Associated: ['creation', 'invitation'],
    Removed: ['disassociation'],
    Resigned: [],
    Deleted: ['deletion'],
    AccountSuspended: ['creation'],
    SomethingNew: ['creation'],
  },
} as const satisfies Record<string, Record<string, readonly Change[]>>;

/** Statuses without an association, except those that a disassociation sets. */
const UNASSOCIATED = [
  'Created',
  'Resigned',
  'Deleted',
  'EmailVerificationInProgress',
  'EmailVerificationFailed',
];

describe.each(Object.entries(SHOWS))('%s', (_service, statuses) => {
  describe.each(Object.entries<readonly string[]>(statuses))('%s', (status, shown) => {
    it.each(OPERATIONS)('after a lost %s', (operation, change) => {
      const verdict = (date: Date | null, written = status) =>
        verdictFromReadBack(operation, STARTED_AT, member(written, date));
      const there = shown.includes(change);
      const absent =
        operation === 'DISASSOCIATE_MEMBERS' && UNASSOCIATED.includes(status) ? 'NOT_ASSOCIATED' : 'NOT_DONE';
      for (const written of [status, status.toUpperCase(), status.toLowerCase()]) {
        expect(verdict(after(1_000), written)).toBe(there ? 'PROCESSED' : absent);
      }
      expect(verdict(null)).toBe(there ? 'UNDATED' : absent);
      expect(verdict(after(-CLOCK_TOLERANCE_MS))).toBe(there ? 'PROCESSED' : absent);
      expect(verdict(after(-CLOCK_TOLERANCE_MS - 1))).toBe(there ? 'THERE_BEFORE' : absent);
    });
  });
});

it('an invitation without a date is as old as the last change of its member', () => {
  const enabled = { ...member('Enabled', null), updatedAt: after(-60_000) };
  expect(verdictFromReadBack('INVITE_MEMBERS', STARTED_AT, enabled)).toBe('THERE_BEFORE');
  const since = { ...enabled, updatedAt: after(1_000) };
  expect(verdictFromReadBack('INVITE_MEMBERS', STARTED_AT, since)).toBe('PROCESSED');
});

it.each([
  ['CREATE_MEMBERS', 'NOT_DONE'],
  ['INVITE_MEMBERS', 'NOT_DONE'],
  ['DISASSOCIATE_MEMBERS', 'NOT_ASSOCIATED'],
  ['DELETE_MEMBERS', 'PROCESSED'],
] as const)('an account that is no member, after a lost %s, is %s', (operation, verdict) => {
  expect(verdictFromReadBack(operation, STARTED_AT, undefined)).toBe(verdict);
});

it('agrees with the table of UPSTREAMS.md', () => {
  const section =
    readFileSync('UPSTREAMS.md', 'utf8').split('## After a lost answer')[1]?.split('\n## ')[0] ?? '';
  const rows = section
    .split('\n')
    .filter((line) => /^\| (Create|Invite|Disassociate|Delete)Members/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toHaveLength(52);
  for (const [operation, status = '', since, before] of rows) {
    const asked = OPERATION_OF[operation ?? ''] ?? expect.fail(operation);
    const shown = status === 'no such member' ? undefined : status;
    const verdict = (date: Date) =>
      verdictFromReadBack(asked, STARTED_AT, shown === undefined ? undefined : member(shown, date));
    expect([operation, status, verdict(after(0)), verdict(after(-60_000))]).toEqual([
      operation,
      status,
      since,
      before,
    ]);
  }
});
