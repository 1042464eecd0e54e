import { expect } from 'vitest';
import { decide, type LaneAction } from '../../src/lanes/laneDecider.js';
import { evolve, type LaneEvent } from '../../src/lanes/laneEvents.js';
import { interpretArrival, type Arrival } from '../../src/lanes/interpretArrival.js';
import { newTenure, openRequests, type TenureState } from '../../src/lanes/tenureState.js';
import { fullPace, spend, type Pace } from '../../src/lanes/pace.js';
import { ACCOUNTS_PER_CALL, type MembershipOperation } from '../../src/membership.js';
import type { ClaimedCall, PendingWork, UnsettledCall } from '../../src/ports/laneRecord.js';
import type { CallAnswer, MembersRead, Refused, Unanswered } from '../../src/ports/upstream.js';
import { ANSWERED, CALLS_AHEAD, CALLS_IN_FLIGHT, LOST, RATE, THROTTLED } from './laneFixture.js';

/** How long after its start a call with a lost answer may still take effect, in milliseconds. */
const LANDS_WITHIN_MS = 3_000;

/** Longest that a claimed call waits for room, in milliseconds. */
const WAIT_LIMIT_MS = 2_000;

/** Far more steps than any run takes: more mean that the lane goes round in circles. */
const MOST_STEPS = 20_000;

/** What may go wrong in a step. */
export type Trouble =
  | 'NONE'
  /** The statement fails before it does anything. */
  | 'FAILS'
  /** The statement is committed and its answer lost. */
  | 'COMMITTED_UNSEEN'
  /** Another worker acquires the lane, before the statement; all that this one knows is gone. */
  | 'LANE_LOST';

/** How the service treats a call. */
export type Treatment =
  'PROCESSED' | 'RETRYABLE' | 'THROTTLED' | 'LOST' | 'LOST_LANDS_LATE' | 'LOST_UNDONE' | 'SILENT';

type ClaimAction = Extract<LaneAction, { kind: 'CLAIM' }>;

/** Where a run takes its chances from. */
export interface Chance {
  trouble(): Trouble;
  treatment(): Treatment;
  /** Milliseconds that a request to AWS takes. */
  delayMs(): number;
  /** Accounts that are added to the lane before a step: [creations, invitations]. */
  newAccounts(): readonly [number, number];
}

interface Account {
  status: 'PENDING' | 'IN_FLIGHT' | 'PROCESSED';
  /** When the service did the work; null when it has not. */
  doneAt: number | null;
  /** The last call that carried it. */
  lastCall: string | null;
  readonly operation: MembershipOperation;
}

interface RecordedCall {
  readonly call: ClaimedCall;
  readonly unsettled: UnsettledCall;
  acknowledged: boolean;
  settled: boolean;
}

/** What a run has done. */
export interface RunReport {
  readonly sent: readonly { readonly at: number; readonly partial: boolean; readonly tenure: number }[];
  readonly accounts: ReadonlyMap<string, Account>;
  readonly tenures: number;
  readonly claimsUnseen: number;
  /** Calls that were claimed ahead of those in flight. */
  readonly claimedAhead: number;
}

/** A lane's record and its service in memory, worked by `decide` and `evolve` in a time of its own. */
export function runLane(chance: Chance): RunReport {
  let now = 0;
  let tenure = 1;
  let pace: Pace = fullPace(RATE);
  /** The quota of the lane's row. */
  let quota: Pace = fullPace(RATE);
  let state: TenureState = newTenure(pace, CALLS_IN_FLIGHT, now);
  let claimsUnseen = 0;
  const accounts = new Map<string, Account>();
  const calls = new Map<string, RecordedCall>();
  const sent: { at: number; partial: boolean; tenure: number }[] = [];
  let onTheWay: { at: number; arrival: Arrival; tenure: number }[] = [];
  /** Calls that wait for room. */
  let waiting: { readonly call: ClaimedCall; readonly claimedAt: number }[] = [];
  let claimedAhead = 0;

  /** The wake signal: an answer or new work ends the next sleep at once. */
  let notified = false;

  const report = (event: LaneEvent): void => {
    notified ||= event.kind === 'ARRIVED' || event.kind === 'NEW_WORK';
    state = evolve(state, event, now);
    pace = state.pace;
    expect(openRequests(state)).toBeLessThanOrEqual(CALLS_IN_FLIGHT + CALLS_AHEAD);
  };

  const add = (operation: MembershipOperation, count: number): void => {
    for (let index = 0; index < count; index += 1) {
      accounts.set(String(accounts.size), { status: 'PENDING', doneAt: null, lastCall: null, operation });
    }
    if (count > 0) {
      report({ kind: 'NEW_WORK' });
    }
  };

  const pendingOf = (operation: MembershipOperation): string[] =>
    [...accounts]
      .filter(([, one]) => one.status === 'PENDING' && one.operation === operation)
      .map(([id]) => id);

  const pendingCount = (): number =>
    [...accounts.values()].filter(({ status }) => status === 'PENDING').length;

  const work = (): PendingWork => ({
    outcomes: pendingCount(),
    dueInMs: pendingCount() > 0 ? -1 : null,
    secondsToFullBurst: secondsToFullBurst(),
  });

  const secondsToFullBurst = (): number => Math.max(0, (quota.fullAt - now) / 1_000);

  const spendQuota = (): void => {
    quota = spend(quota, { partial: false }, now);
  };

  const accountOf = (id: string): Account => accounts.get(id) ?? expect.unreachable();

  /** The record's side of a claim (store/lanes/claimCalls.ts), as far as the lane can tell. */
  const claim = ({ mostCalls, busyBatchKeys, fullOnly }: ClaimAction): ClaimedCall[] => {
    expect(openRequests(state) + mostCalls).toBeLessThanOrEqual(CALLS_IN_FLIGHT + CALLS_AHEAD);
    expect(fullOnly || openRequests(state) < CALLS_IN_FLIGHT).toBe(true);
    const operation = (['CREATE_MEMBERS', 'INVITE_MEMBERS'] as const).find((one) => {
      const waiting = pendingOf(one).length;
      const partialMayLeave = !fullOnly && !busyBatchKeys.includes(one) && waiting > 0;
      return waiting >= ACCOUNTS_PER_CALL || partialMayLeave;
    });
    if (operation === undefined) {
      return [];
    }
    const full = Math.floor(pendingOf(operation).length / ACCOUNTS_PER_CALL);
    const claimed = Array.from({ length: Math.min(mostCalls, Math.max(full, 1)) }, () =>
      writeCall(operation),
    );
    return claimed.map((call) => ({
      ...call,
      pendingInLane: pendingCount(),
      secondsToFullBurst: secondsToFullBurst(),
    }));
  };

  const writeCall = (operation: 'CREATE_MEMBERS' | 'INVITE_MEMBERS'): ClaimedCall => {
    spendQuota();
    const ids = pendingOf(operation).slice(0, ACCOUNTS_PER_CALL);
    if (ids.length < ACCOUNTS_PER_CALL) {
      // Nagle's rule: a partial call gathers while another of its kind is in flight.
      expect(state.inFlight.map(({ batchKey }) => batchKey)).not.toContain(operation);
    }
    for (const id of ids) {
      // Nothing that the service has done is sent again.
      expect([id, accountOf(id).doneAt]).toEqual([id, null]);
      Object.assign(accountOf(id), { status: 'IN_FLIGHT', lastCall: `call-${calls.size}` });
    }
    const common = { callId: `call-${calls.size}`, operation, detectorId: null, startedAt: new Date(now) };
    const call: ClaimedCall = {
      ...common,
      batchKey: operation,
      detectorPinned: false,
      message: null,
      disableEmailNotification: null,
      accounts: ids.map((accountId) => ({ accountId, email: null })),
      pendingInLane: pendingCount(),
      secondsToFullBurst: 0,
    };
    const unsettled = { ...common, ageMs: 0, accountIds: ids, acknowledged: false };
    calls.set(call.callId, { call, unsettled, acknowledged: false, settled: false });
    return call;
  };

  const send = (call: ClaimedCall): void => {
    const treatment = chance.treatment();
    const delay = chance.delayMs();
    const isLost = treatment === 'LOST' || treatment === 'LOST_LANDS_LATE';
    // The record cannot know of a creation that lands late: only its echo would tell.
    const landsLate = treatment === 'LOST_LANDS_LATE' && call.operation === 'INVITE_MEMBERS';
    if (isLost || treatment === 'PROCESSED' || treatment === 'SILENT') {
      for (const { accountId } of call.accounts) {
        accountOf(accountId).doneAt = now + (landsLate ? LANDS_WITHIN_MS - 1 : 0);
      }
    }
    sent.push({ at: now, partial: call.accounts.length < ACCOUNTS_PER_CALL, tenure });
    const arrival: Arrival = { kind: 'ANSWER', call, answer: answerOf(treatment, call), sentAt: now };
    onTheWay.push({ at: now + delay, arrival, tenure });
  };

  const readMembers = (call: UnsettledCall): MembersRead | Refused | Unanswered => {
    const treatment = chance.treatment();
    if (treatment === 'THROTTLED') {
      return THROTTLED;
    }
    if (treatment === 'LOST') {
      return LOST;
    }
    const shown = call.accountIds.filter((id) => (accountOf(id).doneAt ?? Infinity) <= now);
    const serviceStatus = call.operation === 'INVITE_MEMBERS' ? 'Invited' : 'Created';
    const member = { serviceStatus, email: null, invitedAt: null, updatedAt: null };
    // A service that names only some accounts says nothing of the others.
    const absent = call.accountIds.filter(
      (id, at) => !shown.includes(id) && !(treatment === 'RETRYABLE' && at % 2 === 0),
    );
    const result = 'The given account ID is not an associated member of the current account.';
    return {
      kind: 'READ',
      members: shown.map((accountId) => ({ ...member, accountId })),
      unprocessed: absent.map((accountId) => ({ accountId, result })),
    };
  };

  const record = (arrivals: readonly Arrival[]): LaneEvent => {
    const recorded = arrivals.map((arrival) => ({
      arrival,
      interpretation: interpretArrival(arrival, { now, landsWithinMs: LANDS_WITHIN_MS }),
    }));
    for (const { interpretation } of recorded) {
      if (interpretation.kind === 'ACKNOWLEDGED') {
        (calls.get(interpretation.call.callId) ?? expect.unreachable()).acknowledged = true;
      }
      if (!('settlement' in interpretation)) {
        continue;
      }
      const { callId, defaultVerdict, exceptions } = interpretation.settlement;
      const settled = calls.get(callId) ?? expect.unreachable();
      // As the statement does: the second settlement of a call changes nothing.
      if (settled.settled) {
        continue;
      }
      settled.settled = defaultVerdict !== null;
      for (const id of settled.unsettled.accountIds) {
        const verdict = exceptions.get(id) ?? defaultVerdict;
        const account = accountOf(id);
        if (verdict !== null && account.status === 'IN_FLIGHT' && account.lastCall === callId) {
          account.status = verdict.retry ? 'PENDING' : 'PROCESSED';
        }
      }
    }
    return { kind: 'ARRIVALS_RECORDED', recorded };
  };

  const adopt = (known: readonly string[]): LaneEvent => {
    const open = [...calls.values()].filter(({ call, settled }) => !settled && !known.includes(call.callId));
    const adopted = open.map(({ unsettled, acknowledged }) => ({
      ...unsettled,
      ageMs: now - unsettled.startedAt.getTime(),
      acknowledged,
    }));
    return { kind: 'OPEN_CALLS_ADOPTED', calls: adopted, secondsToFullBurst: work().secondsToFullBurst };
  };

  /** Does what the action says, and gives its event; undefined for one without. */
  const perform = (action: LaneAction): LaneEvent | 'END' | undefined => {
    switch (action.kind) {
      case 'RECORD_ARRIVALS':
        return record(action.arrivals);
      case 'ADOPT_OPEN_CALLS':
        return adopt(action.knownCallIds);
      case 'READ_BACK':
        spendQuota();
        return { kind: 'READ_BACK_SENT', inDoubt: action.inDoubt };
      case 'FIND_DETECTOR':
        return { kind: 'DETECTOR_FOUND', detector: { detectorId: null, waitMs: null } };
      case 'COUNT_PENDING':
        return { kind: 'PENDING_COUNTED', work: work() };
      case 'CLAIM': {
        expect(state.openCallsKnown).toBe(false);
        return { kind: 'CALLS_CLAIMED', calls: claim(action) };
      }
      case 'SLEEP':
        sleep(action.limitMs);
        return undefined;
      case 'RELEASE':
      case 'HAND_OVER':
        return pendingCount() > 0 || [...calls.values()].some(({ settled }) => !settled)
          ? { kind: 'RELEASE_REFUSED' }
          : 'END';
    }
  };

  const sleep = (limitMs: number | null): void => {
    if (notified) {
      notified = false;
      return;
    }
    const until = Math.min(now + (limitMs ?? Infinity), ...onTheWay.map(({ at }) => at));
    expect(until, 'a lane sleeps without anything to wake it').toBeLessThan(Infinity);
    now = Math.max(now, until);
  };

  /** Calls leave as long as there is room. */
  const fillRoom = (): void => {
    while (onTheWay.length < CALLS_IN_FLIGHT) {
      const next = waiting.shift();
      if (next === undefined) {
        return;
      }
      expect(now - next.claimedAt).toBeLessThan(WAIT_LIMIT_MS);
      send(next.call);
    }
  };

  /** After the event is known to the lane: requests to AWS leave. */
  const leave = (event: LaneEvent): void => {
    if (event.kind === 'CALLS_CLAIMED') {
      waiting.push(...event.calls.map((call) => ({ call, claimedAt: now })));
      fillRoom();
      claimedAhead += waiting.length;
    }
    if (event.kind === 'READ_BACK_SENT') {
      const { inDoubt } = event;
      expect(onTheWay.length).toBeLessThan(CALLS_IN_FLIGHT);
      sent.push({ at: now, partial: false, tenure });
      const arrival: Arrival = { kind: 'READ_BACK', inDoubt, read: readMembers(inDoubt.call), sentAt: now };
      onTheWay.push({ at: now + chance.delayMs(), arrival, tenure });
    }
  };

  const loseLane = (): void => {
    tenure += 1;
    onTheWay = [];
    waiting = [];
    // Another process: it knows nothing but what the record says of the quota.
    state = newTenure(pace, CALLS_IN_FLIGHT, now);
  };

  /** Carries one action out; true when the lane has been released. */
  const step = (): boolean => {
    const [creations, invitations] = chance.newAccounts();
    add('CREATE_MEMBERS', creations);
    add('INVITE_MEMBERS', invitations);
    for (const { arrival } of onTheWay.filter(({ at }) => at <= now)) {
      report({ kind: 'ARRIVED', arrival });
    }
    onTheWay = onTheWay.filter(({ at }) => at > now);
    fillRoom();
    const { state: next, action } = decide(state, now);
    state = next;
    const trouble = action.kind === 'SLEEP' ? 'NONE' : chance.trouble();
    if (trouble === 'LANE_LOST') {
      loseLane();
      return false;
    }
    if (trouble === 'FAILS') {
      report({ kind: 'DATABASE_FAILED' });
      return false;
    }
    const event = perform(action);
    now += 1;
    if (event === 'END') {
      return true;
    }
    if (trouble === 'COMMITTED_UNSEEN') {
      claimsUnseen += event?.kind === 'CALLS_CLAIMED' ? event.calls.length : 0;
      report({ kind: 'DATABASE_FAILED' });
    } else if (event !== undefined) {
      report(event);
      leave(event);
    }
    return false;
  };

  for (let steps = 0; !step(); steps += 1) {
    expect(steps, 'a lane goes round in circles').toBeLessThan(MOST_STEPS);
  }
  return { sent, accounts, tenures: tenure, claimsUnseen, claimedAhead };
}

function answerOf(treatment: Treatment, call: ClaimedCall): CallAnswer {
  switch (treatment) {
    case 'PROCESSED':
      return ANSWERED;
    case 'RETRYABLE':
      return {
        ...ANSWERED,
        unprocessed: call.accounts.map(({ accountId }) => ({ accountId, result: 'Internal error' })),
      };
    case 'THROTTLED':
      return THROTTLED;
    case 'LOST':
    case 'LOST_LANDS_LATE':
    case 'LOST_UNDONE':
      return LOST;
    case 'SILENT':
      return { kind: 'ACKNOWLEDGED', metadata: ANSWERED.metadata };
  }
}
