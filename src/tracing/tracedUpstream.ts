import { context, SpanKind, trace, type Context, type Span } from '@opentelemetry/api';
import type { MembershipOperation, SecurityService, TargetAddress } from '../membership.js';
import type { CallAnswer, Upstream } from '../ports/upstream.js';
import type { CallTraces } from './callTraces.js';
import { ATTRIBUTES, fail, gatewayTracer, targetAttributes, within } from './spans.js';

/** The services as AWS's SDK names them. */
const SERVICES: Readonly<Record<SecurityService, string>> = {
  GUARDDUTY: 'GuardDuty',
  SECURITY_HUB: 'SecurityHub',
};

/** The operations as AWS names them. */
const OPERATIONS: Readonly<Record<MembershipOperation, string>> = {
  CREATE_MEMBERS: 'CreateMembers',
  INVITE_MEMBERS: 'InviteMembers',
  DISASSOCIATE_MEMBERS: 'DisassociateMembers',
  DELETE_MEMBERS: 'DeleteMembers',
};

/**
 * The same services, with a span for each call to AWS, and a span `read back` around the GetMembers that reads the members of
 * a call in doubt.
 */
export function traceUpstream(upstream: Upstream, calls: CallTraces): Upstream {
  return {
    changeMembers(target, change) {
      const { callId, operation, accounts } = change;
      const begin = { target, action: OPERATIONS[operation], callId, accounts: accounts.length };
      return awsCall(begin, calls, () => upstream.changeMembers(target, change));
    },
    getMembers(target, detectorId, accountIds, options = {}) {
      const { readBackOf } = options;
      const begin = { target, action: 'GetMembers', callId: readBackOf, accounts: accountIds.length };
      const send = () =>
        awsCall(begin, calls, () => upstream.getMembers(target, detectorId, accountIds, options));
      return readBackOf === undefined ? send() : readBack(readBackOf, target, calls, send);
    },
    listMembers: (target, ...rest) =>
      awsCall({ target, action: 'ListMembers' }, calls, () => upstream.listMembers(target, ...rest)),
    findDetector: (target) =>
      awsCall({ target, action: 'ListDetectors' }, calls, () => upstream.findDetector(target)),
    readOrganization: (target, detectorId) =>
      awsCall({ target, action: 'DescribeOrganizationConfiguration' }, calls, () =>
        upstream.readOrganization(target, detectorId),
      ),
    close() {
      upstream.close();
    },
  };
}

interface CallBegin {
  readonly target: TargetAddress;
  /** The operation, as AWS names it. */
  readonly action: string;
  /** The call of the record that is sent or read back. */
  readonly callId?: string | undefined;
  readonly accounts?: number;
}

type Answer = CallAnswer | { readonly kind: 'READ' };

async function awsCall<Given extends Answer>(
  { target, action, callId, accounts }: CallBegin,
  calls: CallTraces,
  send: () => Promise<Given>,
): Promise<Given> {
  const method = `${SERVICES[target.service]}/${action}`;
  const parent = parentOf(callId, calls);
  const attributes = {
    'rpc.system.name': 'aws-api',
    'rpc.method': method,
    ...targetAttributes(target),
    ...(callId === undefined ? {} : { [ATTRIBUTES.call]: callId }),
    ...(accounts === undefined ? {} : { [ATTRIBUTES.accounts]: accounts }),
  };
  const span = gatewayTracer().startSpan(method, { kind: SpanKind.CLIENT, attributes }, parent);
  try {
    const answer = await within(span, parent, send);
    describeAnswer(span, answer);
    return answer;
  } finally {
    end(span, callId, calls);
  }
}

async function readBack<Given extends Answer>(
  callId: string,
  target: TargetAddress,
  calls: CallTraces,
  send: () => Promise<Given>,
): Promise<Given> {
  const parent = calls.parentOf(callId);
  const attributes = { [ATTRIBUTES.call]: callId, ...targetAttributes(target) };
  const span = gatewayTracer().startSpan('read back', { attributes }, parent);
  calls.began(callId, span);
  try {
    const answer = await within(span, parent, send);
    span.setAttribute(ATTRIBUTES.answer, answer.kind);
    if (answer.kind !== 'READ') {
      fail(span, answer.kind);
    }
    return answer;
  } finally {
    end(span, callId, calls);
  }
}

/** The active span; of a call that no span is active for, the first span of the call. */
function parentOf(callId: string | undefined, calls: CallTraces): Context {
  return callId === undefined || trace.getActiveSpan() !== undefined
    ? context.active()
    : calls.parentOf(callId);
}

function describeAnswer(span: Span, answer: Answer): void {
  span.setAttribute(ATTRIBUTES.answer, answer.kind);
  if ('metadata' in answer) {
    const { httpStatus, awsRequestId } = answer.metadata;
    span.setAttributes({
      ...(httpStatus === null ? {} : { 'http.response.status_code': httpStatus }),
      ...(awsRequestId === null ? {} : { 'aws.request_id': awsRequestId }),
    });
  }
  if (answer.kind === 'ANSWERED') {
    span.setAttribute(ATTRIBUTES.unprocessed, answer.unprocessed.length);
  }
  if ('errorCode' in answer) {
    fail(span, answer.errorCode);
  }
}

function end(span: Span, callId: string | undefined, calls: CallTraces): void {
  if (callId === undefined) {
    span.end();
  } else {
    calls.endWithLinks(callId, span);
  }
}
