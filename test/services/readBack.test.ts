import { describe, expect, it } from 'vitest';
import type { ServiceMember } from '../../src/ports/upstream.js';
import {
  INVITED_AT_TOLERANCE_MS,
  verdictFromReadBack,
  type ReadBackVerdict,
} from '../../src/services/readBack.js';

const STARTED_AT = new Date('2026-03-01T12:00:00Z');
const after = (ms: number) => new Date(STARTED_AT.getTime() + ms);

const member = (serviceStatus: string, invitedAt: Date | null): ServiceMember => ({
  accountId: '000000000001',
  serviceStatus,
  email: null,
  invitedAt,
  updatedAt: null,
});

/** Every status either service documents: the verdict for a creation, and for an invitation dated after the call. */
const TABLE = {
  GUARDDUTY: {
    Created: ['PROCESSED', 'NOT_DONE'],
    Invited: ['PROCESSED', 'PROCESSED'],
    Enabled: ['PROCESSED', 'PROCESSED'],
    Disabled: ['PROCESSED', 'NOT_DONE'],
    Removed: ['NOT_DONE', 'NOT_DONE'],
    Resigned: ['NOT_DONE', 'NOT_DONE'],
    EmailVerificationInProgress: ['PROCESSED', 'PROCESSED'],
    EmailVerificationFailed: ['PROCESSED', 'PROCESSED'],
  },
  SECURITY_HUB: {
    Created: ['PROCESSED', 'NOT_DONE'],
    Invited: ['PROCESSED', 'PROCESSED'],
    Enabled: ['PROCESSED', 'PROCESSED'],
    Associated: ['PROCESSED', 'PROCESSED'],
    Removed: ['NOT_DONE', 'NOT_DONE'],
    Resigned: ['NOT_DONE', 'NOT_DONE'],
    Deleted: ['NOT_DONE', 'NOT_DONE'],
    AccountSuspended: ['PROCESSED', 'NOT_DONE'],
    SomethingNew: ['PROCESSED', 'NOT_DONE'],
  },
} as const satisfies Record<string, Record<string, readonly [ReadBackVerdict, ReadBackVerdict]>>;

describe.each(Object.entries(TABLE))('%s', (_service, statuses) => {
  describe.each(Object.entries(statuses))('%s', (status, [created, invited]) => {
    it.each([status, status.toUpperCase(), status.toLowerCase()])('written %s', (written) => {
      expect(verdictFromReadBack('CREATE_MEMBERS', STARTED_AT, member(written, null))).toBe(created);
      expect(verdictFromReadBack('INVITE_MEMBERS', STARTED_AT, member(written, after(1_000)))).toBe(invited);
    });

    it('is never an invitation of this call without a date, or with an older one', () => {
      const older = after(-INVITED_AT_TOLERANCE_MS - 1);
      expect(verdictFromReadBack('INVITE_MEMBERS', STARTED_AT, member(status, null))).toBe('NOT_DONE');
      expect(verdictFromReadBack('INVITE_MEMBERS', STARTED_AT, member(status, older))).toBe('NOT_DONE');
    });
  });
});

it('says NOT_DONE of an account the service does not know', () => {
  expect(verdictFromReadBack('CREATE_MEMBERS', STARTED_AT, undefined)).toBe('NOT_DONE');
  expect(verdictFromReadBack('INVITE_MEMBERS', STARTED_AT, undefined)).toBe('NOT_DONE');
});

it('lets the clock of AWS be behind by the tolerance', () => {
  const earliest = after(-INVITED_AT_TOLERANCE_MS);
  expect(verdictFromReadBack('INVITE_MEMBERS', STARTED_AT, member('Invited', earliest))).toBe('PROCESSED');
});
