import { describe, expect, it } from 'vitest';
import { MEMBERSHIP_OPERATIONS, type MembershipOperation } from '../../../src/membership.js';
import type { Verdict } from '../../../src/ports/laneRecord.js';
import type { MembersRead } from '../../../src/ports/upstream.js';
import { settlementOf } from '../../../src/services/answers/settlement.js';
import { settlementOfReadBack } from '../../../src/services/answers/settlementOfReadBack.js';

const STARTED_AT = new Date('2026-03-01T12:00:00Z');
const BEFORE = new Date('2026-02-01T12:00:00Z');
const ID = '000000000001';
const NO_MEMBER = 'The request is rejected because the given account ID is not an associated member.';
const SILENT = 'Security Hub answered without a word on single accounts; read back, ';
const LOST = 'The answer was lost; read back, ';

/** What becomes of the one account of a call, by what GetMembers shows of it; null: it goes by the rest. */
function verdictOn(
  operation: MembershipOperation,
  acknowledged: boolean,
  serviceStatus: string | null,
  updatedAt: Date | null = STARTED_AT,
): Verdict | null {
  const call = { callId: 'c', operation, accountIds: [ID], startedAt: STARTED_AT, acknowledged };
  const member = {
    accountId: ID,
    serviceStatus: serviceStatus ?? '',
    email: null,
    invitedAt: null,
    updatedAt,
  };
  const read: MembersRead =
    serviceStatus === null
      ? { kind: 'READ', members: [], unprocessed: [{ accountId: ID, result: NO_MEMBER }] }
      : { kind: 'READ', members: [member], unprocessed: [] };
  const { settlement, notDone, unknown } = settlementOfReadBack(call, read, null);
  expect(unknown).toEqual([]);
  expect(settlement).toMatchObject({
    status: acknowledged ? 'ANSWERED' : 'UNANSWERED',
    defaultVerdict: { retry: true },
  });
  return notDone > 0 && !acknowledged ? null : (settlement.exceptions.get(ID) ?? null);
}

const DONE = { status: 'PROCESSED', reasonCode: null, reason: null, retry: false, processedIfInDoubt: false };
const unprocessed = (reasonCode: string, reason: string, rest: Partial<Verdict> = {}) => ({
  status: 'UNPROCESSED',
  reasonCode,
  reason,
  retry: false,
  processedIfInDoubt: false,
  ...rest,
});
const BEFOREHAND = 'the member shows this since before the call.';

describe.each([
  ['answered without results of single accounts', true, SILENT],
  ['lost', false, LOST],
] as const)('a disassociation that was %s', (_what, acknowledged, words) => {
  it('is PROCESSED when the member was removed after the call began', () => {
    expect(verdictOn('DISASSOCIATE_MEMBERS', acknowledged, 'Removed')).toEqual(DONE);
  });

  it('is NOT_ASSOCIATED when the member was removed earlier, unless an earlier call may have removed it', () => {
    expect(verdictOn('DISASSOCIATE_MEMBERS', acknowledged, 'REMOVED', BEFORE)).toEqual(
      unprocessed('NOT_ASSOCIATED', `${words}${BEFOREHAND}`, { processedIfInDoubt: true }),
    );
  });

  it('is NOT_ASSOCIATED when the account has another status without association, or is unknown', () => {
    for (const [status, shown] of [
      ['Resigned', 'the member shows Resigned'],
      ['Created', 'the member shows Created'],
      [null, 'there is no such member'],
    ] as const) {
      expect(verdictOn('DISASSOCIATE_MEMBERS', acknowledged, status)).toEqual(
        unprocessed('NOT_ASSOCIATED', `${words}${shown}: not associated.`),
      );
    }
  });
});

describe('a member that is still associated', () => {
  it('is sent again after an answer, and is UNPROCESSED after the last send', () => {
    for (const status of ['Enabled', 'Invited', 'Associated', 'SomethingNew']) {
      expect(verdictOn('DISASSOCIATE_MEMBERS', true, status)).toEqual(
        unprocessed('STILL_ASSOCIATED', `${SILENT}the member shows ${status}: still associated.`, {
          retry: true,
        }),
      );
    }
  });

  it('is sent again after a lost answer, and after the last send fails with the error of the loss', () => {
    expect(verdictOn('DISASSOCIATE_MEMBERS', false, 'Enabled')).toBeNull();
    expect(verdictOn('DELETE_MEMBERS', false, 'Enabled')).toBeNull();
  });
});

describe('a deletion whose answer was lost', () => {
  it('is PROCESSED when the member is unknown, or was deleted after the call began', () => {
    expect(verdictOn('DELETE_MEMBERS', false, null)).toEqual(DONE);
    expect(verdictOn('DELETE_MEMBERS', false, 'Deleted')).toEqual(DONE);
    expect(verdictOn('DELETE_MEMBERS', false, 'Deleted', BEFORE)).toEqual(
      unprocessed('NOT_ASSOCIATED', `${LOST}${BEFOREHAND}`, { processedIfInDoubt: true }),
    );
  });

  it('is sent again while the entry exists', () => {
    for (const status of ['Removed', 'Resigned', 'Created', 'Invited']) {
      expect(verdictOn('DELETE_MEMBERS', false, status)).toBeNull();
    }
  });
});

describe('a member without any date', () => {
  it('is UNPROCESSED, in words that say so, unless an earlier call may have done it', () => {
    expect(verdictOn('INVITE_MEMBERS', false, 'Enabled', null)).toEqual(
      unprocessed(
        'ALREADY_INVITED',
        `${LOST}the member shows Enabled without a date: whether this call did it is not known.`,
        { processedIfInDoubt: true },
      ),
    );
  });
});

describe('an account of which a read says nothing', () => {
  it('has no verdict for any operation', () => {
    for (const operation of MEMBERSHIP_OPERATIONS) {
      const call = { callId: 'c', operation, accountIds: [ID], startedAt: STARTED_AT, acknowledged: false };
      const read: MembersRead = { kind: 'READ', members: [], unprocessed: [] };
      const words = 'the answer does not name the account';
      expect(settlementOfReadBack(call, read, null)).toMatchObject({
        settlement: { defaultVerdict: null, exceptions: new Map() },
        notDone: 0,
        unknown: [{ accountId: ID, words }],
      });
    }
  });
});

describe('an answer that says nothing of single accounts', () => {
  it('settles nothing', () => {
    const metadata = { httpStatus: 200, awsRequestId: 'r', attempts: 1 };
    const call = { callId: 'c', operation: 'DISASSOCIATE_MEMBERS', accounts: [] } as const;
    expect(() => settlementOf(call, { kind: 'ACKNOWLEDGED', metadata })).toThrow(
      'The answer to call c says nothing of accounts: read it back before it is settled.',
    );
  });
});
