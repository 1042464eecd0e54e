import type { CallRow, OutcomeRow, Page, RequestRow } from '../ports/history.js';
import type { UpstreamCall } from '../schema/history/call.js';
import type { Connection } from '../schema/connection.js';
import { LateAnswer } from '../schema/history/lateAnswer.js';
import type { Outcome } from '../schema/history/outcome.js';
import type { MembershipRequest } from '../schema/requests/request.js';
import { callNodeId, outcomeNodeId, requestNodeId } from '../services/input/nodeId.js';
import { mayBeRetried } from '../services/answers/retryPolicy.js';

/** Returns the schema's object for a request. */
export function toRequest(row: RequestRow): Readonly<MembershipRequest> {
  return {
    __typename: 'MembershipRequest',
    requestId: row.id,
    retryOfId: row.retryOf,
    id: requestNodeId(row.id),
    operation: row.operation,
    status: row.status,
    requestedBy: { id: row.callerId, name: row.callerName, kind: row.callerKind },
    note: row.note,
    idempotencyKey: row.idempotencyKey,
    alreadyMember: row.alreadyMember,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

/** Returns the schema's object for an outcome. */
export function toOutcome(row: OutcomeRow): Readonly<Outcome> {
  return {
    __typename: 'Outcome',
    targetId: row.targetId,
    requestId: row.requestId,
    callId: row.callId,
    id: outcomeNodeId(row),
    accountId: row.accountId,
    email: row.email,
    operation: row.operation,
    administrator: row.administrator,
    service: row.service,
    region: row.region,
    status: row.status,
    reasonCode: row.reasonCode,
    reason: row.reason,
    retryable: mayBeRetried(row),
    sends: row.sends,
    settledAt: row.settledAt,
  };
}

/** Returns the schema's object for a call. */
export function toCall(row: CallRow): Readonly<UpstreamCall> {
  return {
    __typename: 'UpstreamCall',
    callId: row.id,
    id: callNodeId(row.id),
    operation: row.operation,
    administrator: row.administrator,
    service: row.service,
    region: row.region,
    status: row.status,
    accountCount: row.accountCount,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    durationMs: row.finishedAt && row.finishedAt.getTime() - row.startedAt.getTime(),
    httpStatus: row.httpStatus,
    awsRequestId: row.awsRequestId,
    attempts: row.attempts,
    errorCode: row.errorCode,
    errorMessage: row.errorMessage,
    readBackError: row.readBackError,
    resolvedBy: row.resolvedBy,
    resolution: row.resolution,
    lateAnswer: row.lateAnswer && Object.assign(new LateAnswer(), row.lateAnswer),
  };
}

/** Returns the connection for a page. `count` is called only if the operation selects totalCount. */
export function toConnection<Row, Node>(
  page: Page<Row>,
  toNode: (row: Row) => Node,
  count: (() => Promise<number | null>) | null = null,
): Connection<Node> {
  const edges = page.edges.map(({ cursor, node }) => ({ cursor, node: toNode(node) }));
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page;
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor },
    totalCount: count,
  };
}
