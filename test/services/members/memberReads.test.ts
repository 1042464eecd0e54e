import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.js';
import type { TargetAddress } from '../../../src/membership.js';
import type { Refused, ServiceMember, UnprocessedAccount, Upstream } from '../../../src/ports/upstream.js';
import { createDetectors, createFindDetector } from '../../../src/services/members/detectors.js';
import { createMemberReads } from '../../../src/services/members/memberReads.js';
import { createReadTurns } from '../../../src/services/members/readTurns.js';
import { createSendRead } from '../../../src/services/members/sendRead.js';

const GUARD_DUTY: TargetAddress = { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' };
const SECURITY_HUB: TargetAddress = { ...GUARD_DUTY, service: 'SECURITY_HUB' };
const AT = new Date('2026-01-01T00:00:00Z');
const member = (accountId: string): ServiceMember => ({
  accountId,
  serviceStatus: 'Enabled',
  email: null,
  invitedAt: null,
  updatedAt: null,
});
const absent = (accountId: string): UnprocessedAccount => ({
  accountId,
  result: 'The given account ID is not an associated member of the current account.',
});
const refused = (errorCode: string, errorMessage: string): Refused => ({
  kind: 'REFUSED',
  metadata: { httpStatus: 400, awsRequestId: 'r', attempts: 1 },
  errorCode,
  errorMessage,
});

interface Call {
  readonly detectorId: string | null;
  readonly accountIds: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** Reads over a service that knows the accounts given; `granted` requests leave in each turn. */
const readsOf = ({
  known = [] as readonly string[],
  granted = 1,
  getMembers = undefined as Upstream['getMembers'] | undefined,
  detectorIds = ['d1'] as readonly (string | null)[],
}) => {
  const calls: Call[] = [];
  const detectors = createDetectors([]);
  const turns = createReadTurns(
    { reserve: async (_target, wanted) => ({ granted: Math.min(wanted, granted), wait: 0, at: AT }) },
    new AbortController().signal,
    { now: () => 0, sleep: async () => undefined },
  );
  let lookups = 0;
  const findDetector = createFindDetector(
    detectors,
    { findDetector: async () => ({ kind: 'READ', detectorId: detectorIds[lookups++] ?? null }) },
    turns,
  );
  const reads = createMemberReads({
    upstream: {
      async getMembers(target, detectorId, accountIds, options) {
        calls.push({ detectorId, accountIds, signal: options?.signal });
        if (getMembers !== undefined) {
          return getMembers(target, detectorId, accountIds, options);
        }
        const members = accountIds.filter((id) => known.includes(id)).map(member);
        const unprocessed = accountIds.filter((id) => !known.includes(id)).map(absent);
        return { kind: 'READ', members: members.toReversed(), unprocessed };
      },
      listMembers: async () => ({ kind: 'READ', members: [member('1')], nextToken: 'next' }),
    },
    turns,
    findDetector,
    sendRead: createSendRead(turns, detectors, findDetector),
  });
  return { reads, calls, lookups: () => lookups };
};

describe('reads of members', () => {
  it('pair answers with accounts by id, and send each account once in calls of 50', async () => {
    const id = fc.integer({ min: 1, max: 150 }).map(String);
    await fc.assert(
      fc.asyncProperty(
        fc.array(id, { minLength: 1, maxLength: 300, size: 'max' }),
        fc.array(id),
        fc.integer({ min: 1, max: 4 }),
        async (accountIds, known, granted) => {
          const { reads, calls } = readsOf({ known, granted });
          const members = await Promise.all(
            accountIds.map((accountId) => reads.member(SECURITY_HUB, accountId)),
          );
          expect(members.map(({ accountId }) => accountId)).toEqual(accountIds);
          for (const { accountId, status, observedAt } of members) {
            expect(status).toBe(known.includes(accountId) ? 'ENABLED' : 'NOT_A_MEMBER');
            expect(observedAt).toBe(AT);
          }
          const distinct = [...new Set(accountIds)];
          expect(calls.flatMap((call) => call.accountIds)).toEqual(distinct);
          expect(calls).toHaveLength(Math.ceil(distinct.length / 50));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('read an account again that is requested after its call has left', async () => {
    const { reads, calls } = readsOf({});
    await reads.member(SECURITY_HUB, '1');
    await reads.member(SECURITY_HUB, '1');
    expect(calls.map(({ accountIds }) => accountIds)).toEqual([['1'], ['1']]);
  });

  it('fail all accounts of a call with the words of the service', async () => {
    const { reads } = readsOf({ getMembers: async () => refused('AccessDeniedException', 'no') });
    const answers = await Promise.allSettled(['1', '2'].map((id) => reads.member(SECURITY_HUB, id)));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { code: 'UPSTREAM_FAILED', message: 'SECURITY_HUB in eu-west-1 as security: no' },
      });
    }
  });

  it('reject the caller that leaves, and abort the call once all have left', async () => {
    const sent = Promise.withResolvers<void>();
    const { reads, calls } = readsOf({
      getMembers: async (_target, _detectorId, _accountIds, { signal } = {}) => {
        sent.resolve();
        const aborted = Promise.withResolvers<void>();
        signal?.addEventListener('abort', () => aborted.resolve());
        await aborted.promise;
        return refused('Aborted', 'aborted');
      },
    });
    const callers = [new AbortController(), new AbortController()];
    const answers = Promise.allSettled(
      callers.map(({ signal }, n) => reads.member(SECURITY_HUB, String(n), { signal })),
    );
    await sent.promise;
    const reason = new Error('the caller left');
    callers[0]?.abort(reason);
    expect(calls[0]?.signal?.aborted).toBe(false);
    callers[1]?.abort(reason);
    expect(calls[0]?.signal?.aborted).toBe(true);
    expect(await answers).toEqual(callers.map(() => ({ status: 'rejected', reason })));
  });

  it('do not send an account whose callers have all left', async () => {
    const { reads, calls } = readsOf({});
    const caller = new AbortController();
    const answer = reads.member(SECURITY_HUB, '1', { signal: caller.signal });
    const reason = new Error('the caller left');
    caller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await reads.member(SECURITY_HUB, '2');
    expect(calls.map(({ accountIds }) => accountIds)).toEqual([['2']]);
  });

  it('list a page with the token of the next one', async () => {
    const page = await readsOf({}).reads.page(SECURITY_HUB, { pageSize: 50, nextToken: null });
    expect(page).toMatchObject({ members: [{ accountId: '1' }], nextToken: 'next', observedAt: AT });
  });
});

describe('reads of GuardDuty', () => {
  const foreign = refused('BadRequestException', 'the detectorId is not owned by the current account');

  it('share one lookup of the detector', async () => {
    const { reads, calls, lookups } = readsOf({});
    await Promise.all([
      reads.member(GUARD_DUTY, '1'),
      reads.page(GUARD_DUTY, { pageSize: 50, nextToken: null }),
    ]);
    expect(lookups()).toBe(1);
    expect(calls.map(({ detectorId }) => detectorId)).toEqual(['d1']);
  });

  it('go again with the detector that ListDetectors finds when theirs is disowned', async () => {
    const { reads, calls } = readsOf({
      detectorIds: ['d1', 'd2'],
      getMembers: async (_target, detectorId, accountIds) =>
        detectorId === 'd1' ? foreign : { kind: 'READ', members: accountIds.map(member), unprocessed: [] },
    });
    expect(await reads.member(GUARD_DUTY, '1')).toMatchObject({ status: 'ENABLED' });
    expect(calls.map(({ detectorId }) => detectorId)).toEqual(['d1', 'd2']);
  });

  it('fail when ListDetectors finds the same detector again, or none', async () => {
    const getMembers = async () => foreign;
    const same = readsOf({ detectorIds: ['d1', 'd1'], getMembers });
    await expect(same.reads.member(GUARD_DUTY, '1')).rejects.toMatchObject({
      details: { reasonCode: 'DETECTOR_NOT_FOUND' },
    });
    expect(same.calls).toHaveLength(1);
    const none = readsOf({ detectorIds: [null, 'd1'] });
    await expect(none.reads.member(GUARD_DUTY, '1')).rejects.toBeInstanceOf(GatewayError);
    expect(await none.reads.member(GUARD_DUTY, '1')).toMatchObject({ status: 'NOT_A_MEMBER' });
  });
});
