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

/** A history that can be spoilt. */
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

/** Names of the accounts: what becomes of each is said below. */
export const ACCOUNTS = { A, B, C, D };

/**
 * A history in which all is well, by hand: `create` makes A and B members and is refused C; D breaks inside the service
 * six times. `invite` loses its first answer before the service did anything, is looked up, and goes again. `retry` sends
 * D once more, is canceled, and settles as it was.
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
        wire('w1', 'CreateMembers', [A, B, C, D], 1_010, { unprocessedAccountIds: [C, D] }),
        ...[2, 3, 4, 5, 6].map((n) =>
          wire(`w${n}`, 'CreateMembers', [D], n * 1_000 + 10, { unprocessedAccountIds: [D] }),
        ),
        wire('w7', 'InviteMembers', [A, B], 7_010, {
          outcome: 'dropped-before',
          httpStatus: null,
          answeredAt: null,
        }),
        wire('read', 'GetMembers', [A, B], 7_500),
        wire('w8', 'InviteMembers', [A, B], 8_010),
        wire('w9', 'CreateMembers', [D], 9_010, { unprocessedAccountIds: [D] }),
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

function wire(
  requestId: string,
  operation: string,
  accountIds: string[],
  receivedAt: number,
  rest: Partial<LoggedCall> = {},
): LoggedCall {
  return {
    sequence: receivedAt,
    receivedAt,
    answeredAt: receivedAt + 20,
    service: 'guardduty',
    region: 'us-east-1',
    operation,
    accountIds,
    httpStatus: 200,
    requestId,
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

/** The nth call: written down at the nth second, answered by the service's nth, settled 100 ms after. */
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
