import { describe, expect, it } from 'vitest';
import type { History } from './history.js';
import { goodHistory, type Mutable } from './goodHistory.js';
import { findViolations } from './invariants.js';
import type { Rule } from './violation.js';

const LANE = 'SECURITY_HUB/us-east-1';
const [GONE, STRANGER] = ['300000000001', '300000000002'] as const;

/**
 * The good history, and a disassociation at Security Hub besides: one account goes, the other was no member. The answer
 * says nothing of that; only the service's own log does.
 */
function withRemoval(): Mutable<History> {
  const history = goodHistory();
  const { record, service } = history;
  const invitation = {
    request: record.requests.find(({ id }) => id === 'invite')!,
    target: record.targets.find(({ id }) => id === 'invite-t')!,
    call: record.calls.find(({ id }) => id === 'c8')!,
    outcome: record.outcomes.find(({ targetId }) => targetId === 'invite-t')!,
    logged: service.calls.find(({ requestId }) => requestId === 'w8')!,
  };
  const operation = 'DISASSOCIATE_MEMBERS' as const;
  const shared = { lane: LANE, operation };
  history.asked.push({
    ...{ note: 'remove', idempotencyKey: null, operation, lanes: [LANE], answeredWith: ['remove'] },
    accountIds: [GONE, STRANGER],
  });
  record.requests.push({
    ...invitation.request,
    ...{ id: 'remove', note: 'remove', operation, idempotencyKey: null },
    ...{ status: 'PARTIALLY_SUCCEEDED', total: 2, processed: 1 },
  });
  const counts = { processed: 1, unprocessed: 1 };
  record.targets.push({ ...invitation.target, ...counts, id: 'remove-t', requestId: 'remove', lane: LANE });
  record.calls.push({ ...invitation.call, ...shared, id: 'c10', awsRequestId: 'w10' });
  record.sends.push({ callId: 'c10', targetId: 'remove-t', accountIds: [GONE, STRANGER] });
  const ended = { ...invitation.outcome, targetId: 'remove-t', callIds: ['c10'] };
  record.outcomes.push(
    { ...ended, accountId: GONE },
    { ...ended, accountId: STRANGER, status: 'UNPROCESSED', reasonCode: 'NOT_ASSOCIATED', reason: 'ours' },
  );
  service.calls.push({
    ...invitation.logged,
    ...{ service: 'securityhub', operation: 'DisassociateMembers', requestId: 'w10' },
    ...{ accountIds: [GONE, STRANGER], unprocessedAccountIds: [STRANGER] },
  });
  return history;
}

type Spoilt = ReturnType<typeof withRemoval>;
const outcomeOf = ({ record }: Spoilt, accountId: string) =>
  record.outcomes.find((one) => one.accountId === accountId)!;
const callOf = ({ record }: Spoilt) => record.calls.find(({ id }) => id === 'c10')!;
const wireOf = ({ service }: Spoilt) => service.calls.find(({ requestId }) => requestId === 'w10')!;

const SPOILT: readonly (readonly [Rule, string, (history: Spoilt) => void])[] = [
  [
    'PROCESSED_IS_TRUE',
    'an account that was no member',
    (h) => void (outcomeOf(h, STRANGER).status = 'PROCESSED'),
  ],
  ['TAKEN_IS_PROCESSED', 'a member that is gone', (h) => void (outcomeOf(h, GONE).status = 'UNPROCESSED')],
  ['REFUSED_IS_TRUE', 'a refusal that was none', (h) => void (wireOf(h).unprocessedAccountIds = [])],
  [
    'ANSWER_IS_TRUE',
    'a list that was not sent',
    (h) => void (callOf(h).unprocessed = [{ accountId: STRANGER, result: 'is not an associated member' }]),
  ],
  ['WIRE_ON_RECORD', 'a removal that was not written down', (h) => void (wireOf(h).requestId = 'other')],
  ['ALL_FINAL', 'a call that was answered and never read back', (h) => void (callOf(h).settledAt = null)],
];

describe('the invariant checker, of removals', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(findViolations(withRemoval())).toEqual([]);
  });

  it.each(SPOILT)('%s: %s', (rule, _, spoil) => {
    const history = withRemoval();
    spoil(history);
    expect(findViolations(history).map((violation) => violation.rule)).toContain(rule);
  });
});
