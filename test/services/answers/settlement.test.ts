import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Settlement, Verdict } from '../../../src/ports/laneRecord.js';
import type {
  Answered,
  Refused,
  MembersRead,
  ServiceMember,
  Unanswered,
  UnprocessedAccount,
} from '../../../src/ports/upstream.js';
import { settlementOf } from '../../../src/services/answers/settlement.js';
import { settlementOfReadBack } from '../../../src/services/answers/settlementOfReadBack.js';

const WIRE = { httpStatus: 200, awsRequestId: 'r-1', attempts: 1 };
const CALL_ID = '0197f1c2-0000-7000-8000-000000000001';
const PROCESSED: Verdict = {
  status: 'PROCESSED',
  reasonCode: null,
  reason: null,
  retry: false,
  processedIfInDoubt: false,
};

const answered = (unprocessed: readonly UnprocessedAccount[]): Answered => ({
  kind: 'ANSWERED',
  metadata: WIRE,
  unprocessed,
});
const callOf = (...accountIds: string[]) => ({
  callId: CALL_ID,
  operation: 'CREATE_MEMBERS' as const,
  accounts: accountIds.map((accountId) => ({ accountId, email: null })),
});
const verdictFor = ({ exceptions, defaultVerdict }: Settlement, accountId: string) =>
  exceptions.get(accountId) ?? defaultVerdict;

describe('an answer', () => {
  it("settles a listed account with its code and the service's text, and the others as processed", () => {
    const result = 'The request is rejected because an account cannot become a member of itself.';
    const { settlement, unrequested } = settlementOf(
      callOf('000000000001', '000000000002'),
      answered([{ accountId: '000000000002', result }]),
    );
    expect(settlement).toEqual({
      callId: CALL_ID,
      status: 'ANSWERED',
      metadata: WIRE,
      errorCode: null,
      errorMessage: null,
      unprocessed: [{ accountId: '000000000002', result }],
      defaultVerdict: PROCESSED,
      exceptions: new Map([
        [
          '000000000002',
          {
            status: 'UNPROCESSED',
            reasonCode: 'SELF',
            reason: result,
            retry: false,
            processedIfInDoubt: false,
          },
        ],
      ]),
    });
    expect(unrequested).toEqual([]);
  });

  it('sends an account with a retryable reason again', () => {
    const { settlement } = settlementOf(
      callOf('000000000001'),
      answered([{ accountId: '000000000001', result: 'Internal error' }]),
    );
    expect(verdictFor(settlement, '000000000001')).toEqual({
      status: 'UNPROCESSED',
      reasonCode: 'INTERNAL_ERROR',
      reason: 'Internal error',
      retry: true,
      processedIfInDoubt: false,
    });
  });

  it('uses the first of two entries for one account', () => {
    const { settlement } = settlementOf(
      callOf('000000000001'),
      answered([
        { accountId: '000000000001', result: 'cannot invite itself' },
        { accountId: '000000000001', result: 'Internal error' },
      ]),
    );
    expect(verdictFor(settlement, '000000000001')).toMatchObject({ reasonCode: 'SELF', retry: false });
  });

  it('returns the ids of accounts that were not in the call, such as one without its leading zeros', () => {
    const stranger = { accountId: '1', result: 'Internal error' };
    const { settlement, unrequested } = settlementOf(callOf('000000000001'), answered([stranger]));
    expect(unrequested).toEqual([stranger]);
    expect(settlement.exceptions.size).toBe(0);
  });

  it('gives every account of the call exactly one verdict, in any order, with duplicates and unrequested accounts', () => {
    const id = fc.integer({ min: 0, max: 60 }).map((n) => String(n).padStart(12, '0'));
    const entry = fc.record({
      accountId: fc.oneof(id, fc.constant(''), fc.string({ maxLength: 13 })),
      result: fc.constantFrom(
        'Internal error',
        'Maximum number of results exceeded',
        'cannot invite itself',
        '',
      ),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(id, { minLength: 1, maxLength: 50 }),
        fc.array(entry, { maxLength: 80, size: 'max' }),
        (asked, list) => {
          const { settlement, unrequested } = settlementOf(callOf(...asked), answered(list));
          for (const accountId of asked) {
            const said = list.find((one) => one.accountId === accountId);
            const verdict = verdictFor(settlement, accountId);
            if (said === undefined) {
              expect(verdict).toEqual(PROCESSED);
            } else {
              expect(verdict).toMatchObject({ status: 'UNPROCESSED', reason: said.result });
            }
          }
          // Nothing is recorded of others, and nothing of the answer gets lost.
          expect([...settlement.exceptions.keys()].filter((key) => !asked.includes(key))).toEqual([]);
          expect(unrequested).toEqual(list.filter((one) => !asked.includes(one.accountId)));
          expect(settlement.unprocessed).toEqual(list);
        },
      ),
    );
  });

  it('does not depend on the order of a list without duplicates', () => {
    const ids = Array.from({ length: 50 }, (_, n) => String(n).padStart(12, '0'));
    const list = ids
      .filter((_, n) => n % 3 === 0)
      .map((accountId) => ({ accountId, result: `No ${accountId}` }));
    const once = settlementOf(callOf(...ids), answered(list)).settlement;
    fc.assert(
      fc.property(fc.shuffledSubarray(list, { minLength: list.length }), (shuffled) => {
        const { settlement } = settlementOf(callOf(...ids), answered(shuffled));
        for (const id of ids) {
          expect(verdictFor(settlement, id)).toEqual(verdictFor(once, id));
        }
      }),
    );
  });
});

const REFUSED: Refused = {
  kind: 'REFUSED',
  metadata: { ...WIRE, httpStatus: 429 },
  errorCode: 'TooManyRequestsException',
  errorMessage: 'Rate exceeded',
};
const LOST: Unanswered = {
  kind: 'UNANSWERED',
  metadata: { httpStatus: 502, awsRequestId: null, attempts: 1 },
  errorCode: 'UnreadableAnswer',
  errorMessage: 'HTTP 502 with an unreadable body: <',
  neverSent: false,
};

describe('an answer after an earlier call of unknown result', () => {
  const member = 'already a member or associated member of the current account';
  const invitation = 'has already invited or is already the GuardDuty master of the given member account';

  it.each([
    ['CREATE_MEMBERS', member, true],
    ['CREATE_MEMBERS', 'cannot become a member of itself', false],
    ['INVITE_MEMBERS', invitation, true],
    ['INVITE_MEMBERS', member, true],
    ['INVITE_MEMBERS', 'is not an associated member', false],
  ] as const)('%s: %s', (operation, result, processedIfInDoubt) => {
    const { settlement } = settlementOf(
      { ...callOf('000000000001'), operation },
      answered([{ accountId: '000000000001', result }]),
    );
    expect(verdictFor(settlement, '000000000001')).toMatchObject({
      status: 'UNPROCESSED',
      processedIfInDoubt,
    });
  });
});

describe('a failed call', () => {
  it("fails all its accounts with the service's text when it was refused", () => {
    expect(settlementOf(callOf('000000000001'), REFUSED).settlement).toEqual({
      callId: CALL_ID,
      status: 'REFUSED',
      metadata: REFUSED.metadata,
      errorCode: 'TooManyRequestsException',
      errorMessage: 'Rate exceeded',
      unprocessed: [],
      defaultVerdict: {
        status: 'FAILED',
        reasonCode: 'THROTTLED',
        reason: 'Rate exceeded',
        retry: true,
        processedIfInDoubt: false,
      },
      exceptions: new Map(),
    });
  });

  it('is sent again when it was never sent', () => {
    const { settlement } = settlementOf(callOf('000000000001'), {
      ...LOST,
      metadata: { httpStatus: null, awsRequestId: null, attempts: 0 },
      errorCode: 'ECONNREFUSED',
      errorMessage: 'connect ECONNREFUSED',
      neverSent: true,
    });
    expect(settlement).toMatchObject({
      status: 'UNANSWERED',
      defaultVerdict: {
        status: 'FAILED',
        reasonCode: 'UNREACHABLE',
        reason: 'connect ECONNREFUSED',
        retry: true,
        processedIfInDoubt: false,
      },
    });
  });

  it('is not settled without a read-back when the service may have seen it', () => {
    expect(() => settlementOf(callOf('000000000001'), LOST)).toThrow(
      new Error(`Call ${CALL_ID} may have reached the service: read it back before it is settled.`),
    );
  });
});

describe('a read-back', () => {
  const startedAt = new Date('2026-03-01T12:00:00Z');
  const invited = (accountId: string, serviceStatus: string): ServiceMember => ({
    accountId,
    serviceStatus,
    email: null,
    invitedAt: startedAt,
    updatedAt: null,
  });
  const call = {
    callId: CALL_ID,
    operation: 'INVITE_MEMBERS',
    accountIds: ['000000000001', '000000000002', '000000000003'],
    startedAt,
    acknowledged: false,
  } as const;

  /** A read that lists these members, and names the other accounts of the call as no members. */
  const readOf = (members: readonly ServiceMember[]): MembersRead => ({
    kind: 'READ',
    members,
    unprocessed: call.accountIds
      .filter((id) => members.every(({ accountId }) => accountId !== id))
      .map((accountId) => ({ accountId, result: 'The given account ID is not an associated member.' })),
  });

  it('processes the accounts that show the change, and sends the others again', () => {
    const members = [
      invited('000000000003', 'INVITED'),
      invited('000000000002', 'Created'),
      invited('999999999999', 'Invited'),
    ];
    const { settlement, notDone } = settlementOfReadBack(call, readOf(members), LOST);
    const again = {
      status: 'FAILED',
      reasonCode: 'INTERNAL_ERROR',
      reason: LOST.errorMessage,
      retry: true,
      processedIfInDoubt: false,
    };
    expect(notDone).toBe(2);
    expect(settlement).toEqual({
      callId: CALL_ID,
      status: 'UNANSWERED',
      metadata: LOST.metadata,
      errorCode: LOST.errorCode,
      errorMessage: LOST.errorMessage,
      unprocessed: [],
      defaultVerdict: again,
      exceptions: new Map<string, unknown>([
        ['000000000001', again],
        ['000000000002', again],
        ['000000000003', PROCESSED],
      ]),
    });
  });

  it('leaves accounts unprocessed that showed the change before the call began', () => {
    const before = {
      ...invited('000000000001', 'Invited'),
      invitedAt: new Date(startedAt.getTime() - 60_000),
    };
    const { settlement } = settlementOfReadBack(call, readOf([before]), LOST);
    expect(verdictFor(settlement, '000000000001')).toMatchObject({
      status: 'UNPROCESSED',
      reasonCode: 'ALREADY_INVITED',
      reason: 'The answer was lost; read back, the member shows this since before the call.',
      retry: false,
    });
  });

  it('reports an unknown result for a call that a crash ended', () => {
    expect(settlementOfReadBack(call, readOf([]), null).settlement).toMatchObject({
      metadata: null,
      errorCode: null,
      defaultVerdict: {
        status: 'FAILED',
        reasonCode: 'UNREACHABLE',
        reason: 'The gateway stopped before an answer came, and the service does not show the change.',
        retry: true,
        processedIfInDoubt: false,
      },
    });
  });
});
