import type { LoggedCall } from '../support/sandboxControl.js';
import type {
  AskedMutation,
  CallRow,
  History,
  OutcomeRow,
  RecordRows,
  RequestRow,
  SendRow,
  TargetRow,
} from './history.js';

/** A history that a test may change. */
export type Mutable<Value> =
  Value extends ReadonlySet<infer Item>
    ? Set<Item>
    : Value extends object
      ? { -readonly [Name in keyof Value]: Mutable<Value[Name]> }
      : Value;

/** The one lane of the history. */
export const LANE = 'GUARDDUTY/us-east-1';

const REFUSAL = 'The request is rejected because an account cannot become a member of itself.';
const [A, B, C, D] = ['200000000001', '200000000002', '200000000003', '200000000004'] as const;

/** The accounts of the history; goodHistory says how each ends. */
export const ACCOUNTS = { A, B, C, D };

/**
 * A history without violations, written by hand. `create` makes A and B members; the service refuses C, and fails with an
 * internal error for D six times. The first call of `invite` is lost before the service applies it; the gateway reads the
 * members back and sends the call again. `retry` sends D once more, is canceled, and ends with the same error.
 */
export function goodHistory(): Mutable<History> {
  return structuredClone({
    asked: [
      asked('create', 'CREATE_MEMBERS', [A, B, C, D], ['create']),
      { ...asked('invite', 'INVITE_MEMBERS', [A, B], ['invite', 'invite']), idempotencyKey: 'key' },
      { ...asked('retry', 'CREATE_MEMBERS', null, []), lanes: null },
    ],
    service: {
      calls: [
        wire(1, 'CreateMembers', [A, B, C, D], { unprocessedAccountIds: [C, D] }),
        ...[2, 3, 4, 5, 6].map((n) => wire(n, 'CreateMembers', [D], { unprocessedAccountIds: [D] })),
        wire(7, 'InviteMembers', [A, B], { outcome: 'dropped-before', httpStatus: null, answeredAt: null }),
        { ...wire(7, 'GetMembers', [A, B]), requestId: 'read', receivedAt: 7_500, answeredAt: 7_520 },
        wire(8, 'InviteMembers', [A, B]),
        wire(9, 'CreateMembers', [D], { unprocessedAccountIds: [D] }),
      ],
      mails: [A, B].map((accountId) => ({ lane: LANE, accountId })),
      members: [A, B].map((accountId) => ({ lane: LANE, accountId, status: 'Invited' })),
      words: new Set([REFUSAL, 'Internal error']),
    },
    record: record(),
  }) as Mutable<History>;
}

function record(): RecordRows {
  const broken = (n: number): CallRow => ({
    ...row(n, 'CREATE_MEMBERS', [D]),
    unprocessed: [{ accountId: D, result: 'Internal error' }],
  });
  return {
    requests: [
      request('create', 'CREATE_MEMBERS', { status: 'PARTIALLY_SUCCEEDED', total: 4, processed: 2 }),
      request('invite', 'INVITE_MEMBERS', { total: 2, processed: 2, idempotencyKey: 'key' }),
      request('retry', 'CREATE_MEMBERS', { status: 'FAILED', total: 1, retryOf: 'create' }),
    ],
    targets: [
      target('create', { total: 4, processed: 2, unprocessed: 2 }),
      target('invite', { total: 2, processed: 2 }),
      target('retry', { total: 1, unprocessed: 1, canceledAt: 9_005 }),
    ],
    outcomes: [
      ...[A, B].map((accountId) => outcome('create', accountId, 1_100, ['c1'])),
      { ...outcome('create', C, 1_100, ['c1']), status: 'UNPROCESSED', reasonCode: 'SELF', reason: REFUSAL },
      { ...outcome('create', D, 6_100, ['c1', 'c2', 'c3', 'c4', 'c5', 'c6']), ...INTERNAL },
      ...[A, B].map((accountId) => outcome('invite', accountId, 8_100, ['c7', 'c8'])),
      { ...outcome('retry', D, 9_100, ['c9']), ...INTERNAL },
    ],
    calls: [
      {
        ...row(1, 'CREATE_MEMBERS', [A, B, C, D]),
        unprocessed: [
          { accountId: D, result: 'Internal error' },
          { accountId: C, result: REFUSAL },
        ],
      },
      ...[2, 3, 4, 5, 6].map(broken),
      {
        ...row(7, 'INVITE_MEMBERS', [A, B]),
        status: 'UNANSWERED',
        awsRequestId: null,
        httpStatus: null,
        settledAt: 7_600,
      },
      row(8, 'INVITE_MEMBERS', [A, B]),
      broken(9),
    ],
    sends: [
      send('c1', 'create', [A, B, C, D]),
      ...[2, 3, 4, 5, 6].map((n) => send(`c${n}`, 'create', [D])),
      send('c7', 'invite', [A, B]),
      send('c8', 'invite', [A, B]),
      send('c9', 'retry', [D]),
    ],
  };
}

const INTERNAL = { status: 'UNPROCESSED', reasonCode: 'INTERNAL_ERROR', reason: 'Internal error' } as const;

function asked(
  note: string,
  operation: AskedMutation['operation'],
  accountIds: readonly string[] | null,
  answeredWith: string[],
): AskedMutation {
  return { note, operation, accountIds, lanes: [LANE], answeredWith, idempotencyKey: null };
}

/** Call number n in the sandbox's log: received 10 ms after the nth second, answered 20 ms later. */
function wire(
  n: number,
  operation: string,
  accountIds: string[],
  rest: Partial<LoggedCall> = {},
): LoggedCall {
  const receivedAt = n * 1_000 + 10;
  return {
    sequence: receivedAt,
    receivedAt,
    answeredAt: receivedAt + 20,
    service: 'guardduty',
    region: 'us-east-1',
    operation,
    accountIds,
    httpStatus: 200,
    requestId: `w${n}`,
    outcome: 'applied',
    unprocessedAccountIds: [],
    inFlightAtStart: 0,
    ...rest,
  };
}

function request(id: string, operation: RequestRow['operation'], rest: Partial<RequestRow>): RequestRow {
  const ending = {
    status: 'SUCCEEDED',
    finishedAt: 9_100,
    openTargets: 0,
    processed: 0,
    canceled: 0,
  } as const;
  return { id, operation, note: id, idempotencyKey: null, retryOf: null, total: 0, ...ending, ...rest };
}

function target(requestId: string, counts: Partial<TargetRow>): TargetRow {
  const none = { total: 0, pending: 0, inFlight: 0, processed: 0, unprocessed: 0, failed: 0, canceled: 0 };
  return { id: `${requestId}-t`, requestId, lane: LANE, canceledAt: null, ...none, ...counts };
}

function outcome(requestId: string, accountId: string, settledAt: number, callIds: string[]): OutcomeRow {
  const ending = { status: 'PROCESSED', reasonCode: null, reason: null, settledAt } as const;
  return { targetId: `${requestId}-t`, accountId, callIds, ...ending };
}

/** Call number n on record: started at the nth second, answered by call `wn` of the sandbox, settled 100 ms after its start. */
function row(n: number, operation: CallRow['operation'], accountIds: readonly string[]): CallRow {
  return {
    id: `c${n}`,
    lane: LANE,
    operation,
    status: 'ANSWERED',
    accountCount: accountIds.length,
    startedAt: n * 1_000,
    settledAt: n * 1_000 + 100,
    httpStatus: 200,
    awsRequestId: `w${n}`,
    attempts: 1,
    unprocessed: null,
  };
}

function send(callId: string, requestId: string, accountIds: string[]): SendRow {
  return { callId, targetId: `${requestId}-t`, accountIds };
}
