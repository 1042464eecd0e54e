import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Tenure, Verdict } from '../../../src/ports/laneRecord.js';
import type { SecurityService } from '../../../src/membership.js';
import { ANY_CALL, claimOne, HUB, laneOf, newRequest, PROCESSED } from '../recordFixture.js';
import { answeredWith, emptyRecord, countOutcomes, readOutcomes, recordFaults } from '../recordReading.js';
import { useRequestRecord } from '../requestRecord.js';

const ANY = { ...ANY_CALL, detectorId: 'd' };
const WIRE = { httpStatus: 200, awsRequestId: 'aws-1', attempts: 1 };

const fixture = useRequestRecord();
beforeEach(() => emptyRecord(fixture.prisma));

/** A request to disassociate two accounts, in a lane that is held. */
async function disassociate(service: SecurityService = 'SECURITY_HUB'): Promise<Tenure> {
  const request = newRequest([1, 2], { operation: 'DISASSOCIATE_MEMBERS' });
  const targets = request.targets.map((target) => ({ ...target, service, batchKey: 'DISASSOCIATE_MEMBERS' }));
  await fixture.store.insert({ ...request, targets });
  return fixture.record.acquire(laneOf(fixture.lanes, { ...HUB, service }));
}

const claim = (tenure: Tenure) => vi.waitUntil(() => claimOne(fixture.record, tenure, ANY));
const call = () => fixture.prisma.call.findFirstOrThrow({ orderBy: { id: 'asc' } });

describe('a call whose answer says nothing of single accounts', () => {
  it('is ANSWERED, and its outcomes are IN_FLIGHT until a read-back', async () => {
    const tenure = await disassociate();
    const claimed = await claim(tenure);
    expect(await fixture.record.markAnswered(tenure, claimed.callId, WIRE)).toBe('MARKED');
    expect(
      await fixture.record.markAnswered(tenure, claimed.callId, { ...WIRE, awsRequestId: 'again' }),
    ).toBe('MARKED');
    expect(await call()).toMatchObject({
      status: 'ANSWERED',
      httpStatus: 200,
      awsRequestId: 'aws-1',
      settledAt: null,
    });
    expect(await countOutcomes(fixture.prisma)).toEqual({ IN_FLIGHT: 2 });
    expect(await fixture.record.release(tenure)).toBe('WORK_WAITS');

    await fixture.record.settle(tenure, [{ ...answeredWith(claimed), metadata: null }], [0]);
    expect(await call()).toMatchObject({
      status: 'ANSWERED',
      awsRequestId: 'aws-1',
      settledAt: expect.any(Date),
    });
    expect(await fixture.prisma.request.findFirst()).toMatchObject({ status: 'SUCCEEDED' });
    expect(await recordFaults(fixture.prisma)).toEqual([]);
  });

  it('is adopted as ANSWERED by the next holder, and a holder that lost its lane writes nothing', async () => {
    const frozen = await disassociate();
    const claimed = await claim(frozen);
    await fixture.record.markAnswered(frozen, claimed.callId, WIRE);
    const successor = await fixture.record.acquire(laneOf(fixture.lanes));
    expect(await fixture.record.adoptOpenCalls(successor, [])).toMatchObject([
      { callId: claimed.callId, operation: 'DISASSOCIATE_MEMBERS', acknowledged: true },
    ]);
    expect(await call()).toMatchObject({ status: 'ANSWERED', errorCode: null, errorMessage: null });

    expect(await fixture.record.markAnswered(frozen, claimed.callId, WIRE)).toBe('LOST');
  });
});

describe('"not associated"', () => {
  const echo: Verdict = {
    ...PROCESSED,
    status: 'UNPROCESSED',
    reasonCode: 'NOT_ASSOCIATED',
    reason: 'before the call',
    processedIfInDoubt: true,
  };
  const still: Verdict = { ...echo, reasonCode: 'STILL_ASSOCIATED', retry: true, processedIfInDoubt: false };

  it.each([
    ['SECURITY_HUB', 'ANSWERED', 'PROCESSED'],
    ['SECURITY_HUB', 'UNANSWERED', 'PROCESSED'],
    ['SECURITY_HUB', 'REFUSED', 'UNPROCESSED'],
    ['GUARDDUTY', 'UNANSWERED', 'PROCESSED'],
    // GuardDuty says what it did: an earlier answer is no doubt.
    ['GUARDDUTY', 'ANSWERED', 'UNPROCESSED'],
  ] as const)('of %s after a call of ours that was %s means %s', async (service, status, expected) => {
    const tenure = await disassociate(service);
    const first = await claim(tenure);
    await fixture.record.settle(tenure, [{ ...answeredWith(first), status, defaultVerdict: still }], [0]);
    const second = await claim(tenure);
    await fixture.record.settle(tenure, [{ ...answeredWith(second), defaultVerdict: echo }], [0]);
    const outcomes = await readOutcomes(fixture.prisma);
    expect(outcomes.map((outcome) => outcome.status)).toEqual([expected, expected]);
  });
});
