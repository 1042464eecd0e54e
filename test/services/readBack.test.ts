import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ServiceMember } from '../../src/ports/upstream.js';
import { CLOCK_TOLERANCE_MS, verdictFromReadBack } from '../../src/services/readBack.js';

const STARTED_AT = new Date('2026-03-01T12:00:00Z');
const after = (ms: number) => new Date(STARTED_AT.getTime() + ms);

const member = (serviceStatus: string, date: Date | null): ServiceMember => ({
  accountId: '000000000001',
  serviceStatus,
  email: null,
  invitedAt: date,
  updatedAt: date,
});

/** Every status either service documents, and one it does not: whether it shows a creation, and an invitation. */
const SHOWS = {
  GUARDDUTY: {
    Created: ['creation'],
    Invited: ['creation', 'invitation'],
    Enabled: ['creation', 'invitation'],
    Disabled: ['creation'],
    Removed: [],
    Resigned: [],
    EmailVerificationInProgress: ['creation', 'invitation'],
    EmailVerificationFailed: ['creation', 'invitation'],
  },
  SECURITY_HUB: {
    Created: ['creation'],
    Invited: ['creation', 'invitation'],
    Enabled: ['creation', 'invitation'],
    Associated: ['creation', 'invitation'],
    Removed: [],
    Resigned: [],
    Deleted: [],
    AccountSuspended: ['creation'],
    SomethingNew: ['creation'],
  },
} as const satisfies Record<string, Record<string, readonly ('creation' | 'invitation')[]>>;

const OPERATIONS = [
  ['CREATE_MEMBERS', 'creation'],
  ['INVITE_MEMBERS', 'invitation'],
] as const;

describe.each(Object.entries(SHOWS))('%s', (_service, statuses) => {
  describe.each(Object.entries<readonly string[]>(statuses))('%s', (status, shown) => {
    it.each(OPERATIONS)('after a lost %s', (operation, change) => {
      const verdict = (date: Date | null, written = status) =>
        verdictFromReadBack(operation, STARTED_AT, member(written, date));
      const there = shown.includes(change);
      for (const written of [status, status.toUpperCase(), status.toLowerCase()]) {
        expect(verdict(after(1_000), written)).toBe(there ? 'PROCESSED' : 'NOT_DONE');
      }
      expect(verdict(null)).toBe(there ? 'PROCESSED' : 'NOT_DONE');
      expect(verdict(after(-CLOCK_TOLERANCE_MS))).toBe(there ? 'PROCESSED' : 'NOT_DONE');
      expect(verdict(after(-CLOCK_TOLERANCE_MS - 1))).toBe(there ? 'THERE_BEFORE' : 'NOT_DONE');
    });
  });
});

it.each(OPERATIONS)('sends %s again for an account the service does not know', (operation) => {
  expect(verdictFromReadBack(operation, STARTED_AT, undefined)).toBe('NOT_DONE');
});

it('is what the table of UPSTREAMS.md says', () => {
  const section =
    readFileSync('UPSTREAMS.md', 'utf8').split('## After a lost answer')[1]?.split('\n## ')[0] ?? '';
  const rows = section
    .split('\n')
    .filter((line) => /^\| (Create|Invite)Members/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toHaveLength(26);
  for (const [operation, status = '', since, before] of rows) {
    const asked = operation === 'CreateMembers' ? 'CREATE_MEMBERS' : 'INVITE_MEMBERS';
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
