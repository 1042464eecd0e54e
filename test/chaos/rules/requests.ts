import type { RequestStatus } from '../../../src/membership.js';
import type { Evidence } from '../evidence.js';
import type { AskedMutation, OutcomeRow, RequestRow, TargetRow } from '../history.js';
import type { Violation } from '../violation.js';

/** ACCEPTED_ONCE, ALL_ASKED_FOR, ALL_FINAL, COUNTS_AGREE. */
export function checkRequests({ history }: Evidence): Violation[] {
  const { requests, targets, outcomes } = history.record;
  const targetsOf = Map.groupBy(targets, ({ requestId }) => requestId);
  const outcomesOf = Map.groupBy(outcomes, ({ targetId }) => targetId);
  const asked = new Map(history.asked.map((mutation) => [mutation.note, mutation]));
  return [
    ...acceptedOnce(history.asked, requests),
    ...requests.flatMap((request) => {
      const own = targetsOf.get(request.id) ?? [];
      const mutation = asked.get(request.note ?? '');
      const expected =
        request.retryOf === null
          ? expectedOutcomes(mutation)
          : retriedOutcomes(own, outcomesOf, targetsOf.get(request.retryOf) ?? []);
      return [
        ...allAskedFor(request, own, outcomesOf, expected),
        ...own.flatMap((target) => targetAgrees(target, outcomesOf.get(target.id) ?? [])),
        ...requestAgrees(request, own),
      ];
    }),
  ];
}

function acceptedOnce(asked: readonly AskedMutation[], requests: readonly RequestRow[]): Violation[] {
  const byNote = Map.groupBy(requests, ({ note }) => note);
  const notes = new Set(asked.map(({ note }) => note));
  const violations = requests
    .filter(({ note }) => note === null || !notes.has(note))
    .map(({ id }) => `request ${id} was asked by no client`);
  for (const { note, answeredWith } of asked) {
    const made = byNote.get(note) ?? [];
    if (made.length > 1) {
      violations.push(`${note} was made ${made.length} times`);
    }
    for (const id of new Set(answeredWith)) {
      if (!made.some((request) => request.id === id)) {
        violations.push(`${note} was answered with request ${id}, which is not its own or is lost`);
      }
    }
  }
  return violations.map((what) => ({ rule: 'ACCEPTED_ONCE', what }));
}

function expectedOutcomes(mutation: AskedMutation | undefined): Set<string> | null {
  const { lanes, accountIds } = mutation ?? {};
  if (lanes == null || accountIds == null) {
    return null;
  }
  return new Set(lanes.flatMap((lane) => accountIds.map((accountId) => `${lane}/${accountId}`)));
}

/** A retry holds what ended badly in the request it retries, so it may hold less, and nothing else. */
function retriedOutcomes(
  own: readonly TargetRow[],
  outcomesOf: ReadonlyMap<string, OutcomeRow[]>,
  retried: readonly TargetRow[],
): Set<string> {
  const endedBadly = new Set(
    retried.flatMap(({ id, lane }) =>
      (outcomesOf.get(id) ?? [])
        .filter(({ status }) => status === 'UNPROCESSED' || status === 'FAILED')
        .map(({ accountId }) => `${lane}/${accountId}`),
    ),
  );
  const taken = own.flatMap(({ id, lane }) =>
    (outcomesOf.get(id) ?? []).map(({ accountId }) => `${lane}/${accountId}`),
  );
  return new Set(taken.filter((one) => endedBadly.has(one)));
}

function allAskedFor(
  { id }: RequestRow,
  targets: readonly TargetRow[],
  outcomesOf: ReadonlyMap<string, OutcomeRow[]>,
  expected: ReadonlySet<string> | null,
): Violation[] {
  if (expected === null) {
    return [];
  }
  const found = targets.flatMap((target) =>
    (outcomesOf.get(target.id) ?? []).map(({ accountId }) => `${target.lane}/${accountId}`),
  );
  const has = new Set(found);
  const lost = [...expected].filter((one) => !has.has(one)).map((one) => `lost ${one}`);
  const surplus = found
    .filter((one, index) => !expected.has(one) || found.indexOf(one) !== index)
    .map((one) => `has ${one}, not asked for or twice`);
  return [...lost, ...surplus].map((what) => ({ rule: 'ALL_ASKED_FOR', what: `request ${id} ${what}` }));
}

function targetAgrees(target: TargetRow, outcomes: readonly OutcomeRow[]): Violation[] {
  const count = (status: string): number => outcomes.filter((outcome) => outcome.status === status).length;
  const counted = {
    total: outcomes.length,
    pending: count('PENDING'),
    inFlight: count('IN_FLIGHT'),
    processed: count('PROCESSED'),
    unprocessed: count('UNPROCESSED'),
    failed: count('FAILED'),
    canceled: count('CANCELED'),
  };
  return Object.entries(counted)
    .filter(([name, number]) => target[name as keyof typeof counted] !== number)
    .map(([name, number]) => ({
      rule: 'COUNTS_AGREE',
      what: `target ${target.id} says ${name} ${target[name as keyof typeof counted]}; its outcomes are ${number}`,
    }));
}

function requestAgrees(request: RequestRow, targets: readonly TargetRow[]): Violation[] {
  const { id, status, finishedAt, openTargets } = request;
  if (finishedAt === null || openTargets > 0) {
    return [{ rule: 'ALL_FINAL', what: `request ${id} is ${status}, with ${openTargets} open targets` }];
  }
  const sum = (name: 'total' | 'processed' | 'canceled'): number =>
    targets.reduce((total, target) => total + target[name], 0);
  const [total, processed, canceled] = [sum('total'), sum('processed'), sum('canceled')];
  const expected = { total, processed, canceled, status: finalStatus(total, processed, canceled) };
  return Object.entries(expected)
    .filter(([name, value]) => request[name as keyof typeof expected] !== value)
    .map(([name, value]) => ({
      rule: 'COUNTS_AGREE',
      what: `request ${id} says ${name} ${request[name as keyof typeof expected]}; its targets make it ${value}`,
    }));
}

function finalStatus(total: number, processed: number, canceled: number): RequestStatus {
  if (processed === total) {
    return 'SUCCEEDED';
  }
  if (processed > 0) {
    return 'PARTIALLY_SUCCEEDED';
  }
  return canceled === total ? 'CANCELED' : 'FAILED';
}
