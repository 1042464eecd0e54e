import { describe, expect, it } from 'vitest';
import { MEMBERSHIP_OPERATIONS } from '../../src/membership.js';
import { newInDoubt } from '../../src/lanes/inDoubtCalls.js';
import { interpretArrival, type Arrival, type Interpretation } from '../../src/lanes/interpretArrival.js';
import type {
  CallAnswer,
  MembersRead,
  Refused,
  ServiceMember,
  Unanswered,
  UnprocessedAccount,
} from '../../src/ports/upstream.js';
import { ANSWERED, claimedCall, LOST, THROTTLED, unsettledCall } from './laneFixture.js';

const AT = { now: 60_000, landsWithinMs: 120_000 };
const CALL = claimedCall('c', 2, { detectorId: 'd' });
const NO_SUCH_DETECTOR: Refused = {
  ...THROTTLED,
  errorCode: 'BadRequestException',
  errorMessage: 'The request is rejected because the input detectorId is not owned by the current account.',
};

const answer = (given: CallAnswer, call = CALL): Interpretation =>
  interpretArrival({ kind: 'ANSWER', call, answer: given, sentAt: 0 }, AT);

const readBack = (
  read: MembersRead | Refused | Unanswered,
  changes: Parameters<typeof unsettledCall>[1] = {},
  sentAt = AT.now,
): Interpretation => {
  const inDoubt = newInDoubt(unsettledCall('c', { operation: 'INVITE_MEMBERS', ...changes }), null, 0);
  return interpretArrival({ kind: 'READ_BACK', inDoubt, read, sentAt } satisfies Arrival, AT);
};

const notAMember = (accountId: string): UnprocessedAccount => ({
  accountId,
  result: 'The given account ID is not an associated member of the current account.',
});

const invited = (accountId: string): ServiceMember => ({
  accountId,
  serviceStatus: 'Invited',
  email: null,
  invitedAt: new Date(30_000),
  updatedAt: null,
});

describe('an answer to a call', () => {
  it('settles it when it says something of accounts', () => {
    expect(answer(ANSWERED)).toMatchObject({
      kind: 'SETTLES',
      settlement: { callId: 'c', status: 'ANSWERED' },
      unrequested: [],
      unknownDetector: null,
      throttled: false,
    });
  });

  it('tells accounts that the call did not carry', () => {
    const unprocessed = [{ accountId: '7', result: 'no' }];
    expect(answer({ ...ANSWERED, unprocessed })).toMatchObject({ kind: 'SETTLES', unrequested: unprocessed });
  });

  it('puts it in doubt when it says nothing of accounts, or is lost', () => {
    const { metadata } = ANSWERED;
    expect(answer({ kind: 'ACKNOWLEDGED', metadata })).toMatchObject({
      kind: 'ACKNOWLEDGED',
      call: { callId: 'c', accountIds: ['0', '1'], ageMs: 60_000, acknowledged: true },
      metadata,
    });
    expect(answer(LOST)).toMatchObject({
      kind: 'LOST',
      call: { callId: 'c', accountIds: ['0', '1'], acknowledged: false },
      answer: LOST,
    });
  });

  it('settles it when the call never left, or was throttled', () => {
    expect(answer({ ...LOST, neverSent: true })).toMatchObject({ kind: 'SETTLES', throttled: false });
    expect(answer(THROTTLED)).toMatchObject({
      kind: 'SETTLES',
      throttled: true,
      settlement: { defaultVerdict: { reasonCode: 'THROTTLED', retry: true } },
    });
  });

  it('sends its accounts again with another detector, unless the caller named the one that is unknown', () => {
    expect(answer(NO_SUCH_DETECTOR)).toMatchObject({
      kind: 'SETTLES',
      unknownDetector: 'd',
      settlement: { defaultVerdict: { reasonCode: 'DETECTOR_NOT_FOUND', retry: true } },
    });
    expect(answer(NO_SUCH_DETECTOR, { ...CALL, detectorPinned: true })).toMatchObject({
      kind: 'SETTLES',
      unknownDetector: null,
      settlement: { defaultVerdict: { reasonCode: 'DETECTOR_NOT_FOUND', retry: false } },
    });
  });
});

describe('a read-back', () => {
  it('settles the call when it shows every account, and says nothing of the pace', () => {
    expect(readBack({ kind: 'READ', members: [invited('0'), invited('1')], unprocessed: [] })).toMatchObject({
      kind: 'SETTLES',
      throttled: null,
    });
  });

  it('is too early while an account that it does not show may still be invited', () => {
    const read: MembersRead = { kind: 'READ', members: [invited('0')], unprocessed: [notAMember('1')] };
    expect(readBack(read)).toMatchObject({ kind: 'TOO_EARLY', waitMs: 60_000 });
    expect(readBack(read, { ageMs: 60_000 })).toMatchObject({ kind: 'SETTLES' });
    expect(readBack(read, { operation: 'CREATE_MEMBERS' })).toMatchObject({ kind: 'SETTLES' });
    expect(readBack(read, { acknowledged: true })).toMatchObject({ kind: 'SETTLES' });
  });

  it('is too early when it left before the invitation could no longer take effect, whenever its answer came', () => {
    const read: MembersRead = { kind: 'READ', members: [invited('0')], unprocessed: [notAMember('1')] };
    const ageMs = AT.landsWithinMs - AT.now + 10;
    expect(readBack(read, { ageMs }, AT.now - 20)).toMatchObject({ kind: 'TOO_EARLY', waitMs: 0 });
    expect(readBack(read, { ageMs }, AT.now - 10)).toMatchObject({ kind: 'SETTLES' });
  });

  it('settles the accounts that it names, and leaves the others in doubt', () => {
    const read: MembersRead = {
      kind: 'READ',
      members: [invited('0')],
      unprocessed: [{ accountId: '1', result: 'Internal error' }],
    };
    expect(readBack(read)).toMatchObject({
      kind: 'PARTLY_READ_BACK',
      settlement: { defaultVerdict: null, exceptions: new Map([['0', { status: 'PROCESSED' }]]) },
      inDoubt: { call: { accountIds: ['1'] } },
      error: 'GetMembers: account 1: Internal error',
    });
  });

  it('says nothing when it names no account of the call', () => {
    for (const operation of MEMBERSHIP_OPERATIONS) {
      expect(readBack({ kind: 'READ', members: [], unprocessed: [] }, { operation })).toMatchObject({
        kind: 'READ_BACK_FAILED',
        error: 'GetMembers: account 0: the answer does not name the account',
      });
    }
  });

  it('failed when GetMembers was refused or lost', () => {
    expect(readBack(THROTTLED)).toMatchObject({
      kind: 'READ_BACK_FAILED',
      error: 'GetMembers: TooManyRequestsException: Rate exceeded',
    });
    expect(readBack(LOST)).toMatchObject({ kind: 'READ_BACK_FAILED' });
  });
});
