import { describe, expect, it } from 'vitest';
import { accounts } from '../support/gateway.js';
import type { History } from './history.js';
import { ACCOUNTS, goodHistory, LANE, type Mutable } from './goodHistory.js';
import { findViolations } from './invariants.js';
import type { Rule } from './violation.js';

type Spoilt = Mutable<History>;

const outcomeOf = ({ record }: Spoilt, request: string, accountId: string) =>
  record.outcomes.find((one) => one.targetId === `${request}-t` && one.accountId === accountId)!;
const callOf = ({ record }: Spoilt, id: string) => record.calls.find((call) => call.id === id)!;
const wireOf = ({ service }: Spoilt, id: string) => service.calls.find((call) => call.requestId === id)!;
const requestOf = ({ record }: Spoilt, id: string) => record.requests.find((one) => one.id === id)!;
const targetOf = ({ record }: Spoilt, id: string) => record.targets.find((one) => one.id === `${id}-t`)!;
const { A, C, D } = ACCOUNTS;

/** What is done to the good history, and the rule that must notice; others may notice too. */
// prettier-ignore
const SPOILT: readonly (readonly [Rule, string, (history: Spoilt) => void])[] = [
  ['ACCEPTED_ONCE', 'a key made two requests', (h) => { h.record.requests.push({ ...requestOf(h, 'invite'), id: 'twin' }); }],
  ['ACCEPTED_ONCE', 'an accepted request is gone', (h) => { h.asked[0]!.answeredWith = ['lost']; }],
  ['ACCEPTED_ONCE', 'a request that was not asked for', (h) => { requestOf(h, 'retry').note = null; }],
  ['ALL_ASKED_FOR', 'an account is lost', (h) => { h.asked[0]!.accountIds!.push('200000000009'); }],
  ['ALL_ASKED_FOR', 'an account that was not asked for', (h) => { h.asked[1]!.accountIds!.pop(); }],
  ['ALL_ASKED_FOR', 'a retry of what had succeeded', (h) => { outcomeOf(h, 'create', D).status = 'PROCESSED'; }],
  ['ALL_FINAL', 'an outcome still in flight', (h) => { outcomeOf(h, 'create', A).status = 'IN_FLIGHT'; }],
  ['ALL_FINAL', 'a request that never ended', (h) => { requestOf(h, 'invite').finishedAt = null; }],
  ['ALL_FINAL', 'a call that was not settled', (h) => { callOf(h, 'c7').settledAt = null; }],
  ['ALL_FINAL', 'an end without a time', (h) => { outcomeOf(h, 'create', C).settledAt = null; }],
  ['PROCESSED_IS_TRUE', 'PROCESSED, and the service refused it', (h) => { outcomeOf(h, 'create', C).status = 'PROCESSED'; }],
  ['PROCESSED_IS_TRUE', 'PROCESSED, and the call never arrived', (h) => { wireOf(h, 'w8').outcome = 'dropped-before'; }],
  ['TAKEN_IS_PROCESSED', 'FAILED, and the service took it', (h) => { outcomeOf(h, 'create', A).status = 'FAILED'; }],
  ['REFUSED_IS_TRUE', 'UNPROCESSED by an answer that was not given', (h) => { wireOf(h, 'w1').unprocessedAccountIds = [D]; }],
  ['REFUSED_IS_TRUE', 'UNPROCESSED with no answer on record', (h) => { callOf(h, 'c1').unprocessed!.pop(); }],
  ['REFUSED_IS_TRUE', "words that are not the service's", (h) => { outcomeOf(h, 'create', C).reason = 'It did not want to.'; }],
  ['NOT_GIVEN_UP_EARLY', 'an internal error sent five times', (h) => { outcomeOf(h, 'create', D).callIds.pop(); }],
  ['COUNTS_AGREE', 'a target that counts wrongly', (h) => { targetOf(h, 'create').processed = 3; }],
  ['COUNTS_AGREE', 'a request that counts wrongly', (h) => { requestOf(h, 'invite').processed = 1; }],
  ['COUNTS_AGREE', 'a status that its outcomes do not bear out', (h) => { requestOf(h, 'create').status = 'SUCCEEDED'; }],
  ['WIRE_ON_RECORD', 'a call that was not written down', (h) => { h.service.calls.push({ ...wireOf(h, 'w8'), requestId: 'w10', receivedAt: 10_000 }); }],
  ['WIRE_ON_RECORD', 'a call that left, of a row that says it did not', (h) => { callOf(h, 'c7').attempts = 0; }],
  ['ANSWER_IS_TRUE', 'an answer to a call that never was', (h) => { h.service.calls = h.service.calls.filter(({ requestId }) => requestId !== 'w8'); }],
  ['ANSWER_IS_TRUE', 'an answer that broke off', (h) => { wireOf(h, 'w1').outcome = 'dropped-after'; }],
  ['ANSWER_IS_TRUE', 'a refusal that was none', (h) => { callOf(h, 'c8').status = 'REFUSED'; }],
  ['ANSWER_IS_TRUE', 'another status than was sent', (h) => { callOf(h, 'c7').httpStatus = 502; }],
  ['ANSWER_IS_TRUE', 'another list than was sent', (h) => { wireOf(h, 'w8').unprocessedAccountIds = [A]; }],
  ['SENDS_AGREE', 'an outcome that does not name its call', (h) => { outcomeOf(h, 'invite', A).callIds.shift(); }],
  ['SENDS_AGREE', 'a call that says more accounts than it carries', (h) => { callOf(h, 'c8').accountCount = 3; }],
  ['SENDS_AGREE', 'a call that carries an account without an outcome', (h) => { h.record.sends[0]!.accountIds.push('200000000009'); }],
  ['SETTLED_NOT_SENT', 'what was settled is sent again', (h) => { outcomeOf(h, 'invite', A).settledAt = 7_900; }],
  ['SETTLED_NOT_SENT', 'what was canceled is sent', (h) => { targetOf(h, 'retry').canceledAt = 8_999; }],
  ['TAKEN_NOT_SENT', 'a lost call had been taken, and goes again all the same', (h) => { wireOf(h, 'w7').outcome = 'dropped-after'; }],
  ['INVITED_ONCE', 'two mails', (h) => { h.service.mails.push({ lane: LANE, accountId: A }); }],
  ['INVITED_ONCE', 'no mail', (h) => { h.service.mails.pop(); }],
  ['INVITED_ONCE', 'no member', (h) => { h.service.members.pop(); }],
  ['APART_IN_LANE', 'an account in two calls on record', (h) => { callOf(h, 'c8').startedAt = 7_550; }],
  ['APART_IN_LANE', 'an account in two calls on the wire', (h) => { wireOf(h, 'w1').answeredAt = 2_500; }],
  ['CALL_SIZE', 'one account twice', (h) => { wireOf(h, 'w8').accountIds.push(A); }],
  ['CALL_SIZE', 'fifty-one accounts', (h) => { wireOf(h, 'w8').accountIds = accounts(51).map(({ accountId }) => accountId); }],
];

const broken = (spoil: (history: Spoilt) => void): Rule[] => {
  const history = goodHistory();
  spoil(history);
  return findViolations(history).map(({ rule }) => rule);
};

describe('the invariant checker', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(findViolations(goodHistory())).toEqual([]);
  });

  it.each(SPOILT)('%s: %s', (rule, _, spoil) => {
    expect(broken(spoil)).toContain(rule);
  });

  it('says what is wrong and where', () => {
    const history = goodHistory();
    targetOf(history, 'create').failed = 1;
    expect(findViolations(history)).toEqual([
      { rule: 'COUNTS_AGREE', what: 'target create-t says failed 1; its outcomes are 0' },
    ]);
  });

  it('takes the echo of a lost call for what it is: taken by the first, refused in the second', () => {
    const echo = (h: Spoilt) => {
      // The first came after it had been looked for, and before the second.
      Object.assign(wireOf(h, 'w7'), { outcome: 'dropped-after', receivedAt: 7_900 });
      wireOf(h, 'w8').unprocessedAccountIds = [ACCOUNTS.A, ACCOUNTS.B];
      callOf(h, 'c8').unprocessed = [A, ACCOUNTS.B].map((accountId) => ({ accountId, result: 'already' }));
    };
    expect(broken(echo)).toEqual([]);
  });

  it('blames the gateway if it looked again, and sent again what it must have found', () => {
    const found = (h: Spoilt) => {
      Object.assign(wireOf(h, 'w7'), { outcome: 'dropped-after', receivedAt: 7_550 });
      h.service.calls.push({ ...wireOf(h, 'read'), requestId: 'read again', receivedAt: 7_900 });
    };
    expect(broken(found)).toEqual(['TAKEN_NOT_SENT', 'TAKEN_NOT_SENT']);
  });

  it('does not blame the gateway for a lost call that arrives after it has ended', () => {
    const late = (h: Spoilt) => {
      Object.assign(wireOf(h, 'w7'), { receivedAt: 8_020, unprocessedAccountIds: [A, ACCOUNTS.B] });
      wireOf(h, 'w8').answeredAt = 8_050;
    };
    expect(broken(late)).toEqual([]);
  });

  it('does not blame the gateway for a late answer to a lost call, once it has looked', () => {
    const slow = (h: Spoilt) => {
      const answer = {
        outcome: 'applied' as const,
        answeredAt: 8_500,
        unprocessedAccountIds: [A, ACCOUNTS.B],
      };
      Object.assign(wireOf(h, 'w7'), answer);
    };
    expect(broken(slow)).toEqual([]);
    const withoutLook = (h: Spoilt) => {
      slow(h);
      h.service.calls = h.service.calls.filter(({ requestId }) => requestId !== 'read');
    };
    expect(broken(withoutLook)).toContain('APART_IN_LANE');
  });

  it('leaves a change made within the tolerance of clocks before a lost call to the gateway', () => {
    const tolerated = (h: Spoilt, before: number) => {
      const other = { ...wireOf(h, 'w8'), requestId: 'other', receivedAt: 8_000 - before };
      Object.assign(callOf(h, 'c8'), { status: 'UNANSWERED', awsRequestId: null, httpStatus: null });
      h.service.calls = h.service.calls.filter(({ requestId }) => requestId !== 'w8');
      h.service.calls.push(other);
      callOf(h, 'c7').attempts = 0;
      wireOf(h, 'w7').operation = 'GetMembers';
    };
    expect(broken((h) => tolerated(h, 1_000))).not.toContain('PROCESSED_IS_TRUE');
    expect(broken((h) => tolerated(h, 3_000))).toContain('PROCESSED_IS_TRUE');
  });
});
