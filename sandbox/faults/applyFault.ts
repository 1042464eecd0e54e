import type { Identity } from '../wire/credentials.js';
import type { Delivery } from '../wire/delivery.js';
import type { Fault } from './fault.js';
import type { Operation } from '../calls/operation.js';
import {
  accessDenied,
  badInput,
  internalError,
  notAdministrator,
  notEnabled,
  OUT_OF_RANGE,
  overQuota,
  regionDisabled,
  throttled,
  type Refusal,
} from '../wire/refusal.js';
import { BAD_GATEWAY_PAGE, type Reply } from '../wire/reply.js';
import { hasMembers, type CallScope } from '../scope.js';

/** A call that a fault applies to. */
export interface FaultedCall {
  readonly scope: CallScope;
  readonly identity: Identity;
  readonly operation: Operation;
}

/**
 * Returns the delivery of a call whose fault comes before the operation; undefined if the operation must be performed.
 *
 * @throws Refusal if the fault is a refusal.
 */
export function faultBefore(fault: Fault, call: FaultedCall): Delivery | undefined {
  const refusal = REFUSALS[fault]?.(call);
  if (refusal) {
    throw refusal;
  }
  return DELIVERIES_BEFORE[fault];
}

const denied = ({ scope, identity, operation }: FaultedCall): Refusal =>
  accessDenied(scope.service, identity.arn, operation.name);

const REFUSALS: Readonly<Partial<Record<Fault, (call: FaultedCall) => Refusal>>> = {
  throttle: ({ scope }) => throttled(scope.service),
  quota: ({ scope }) => overQuota(scope.service),
  'internal-error': ({ scope }) => internalError(scope.service),
  'access-denied': denied,
  'not-enabled': (call) =>
    hasMembers(call.scope.service) ? notEnabled(call.scope.service, call.scope.account) : denied(call),
  'region-disabled': ({ scope }) => regionDisabled(scope.account),
  'not-administrator': ({ scope, operation }) =>
    notAdministrator(scope.service, scope.account, operation.name),
  'bad-input': ({ scope }) => badInput(scope.service, OUT_OF_RANGE),
};

const DELIVERIES_BEFORE: Readonly<Partial<Record<Fault, Delivery>>> = {
  'html-502': { manner: 'whole', reply: BAD_GATEWAY_PAGE },
  'reset-before': { manner: 'reset' },
  'hang-before': { manner: 'hang' },
};

/** Returns the delivery of the reply to an operation that was performed. */
export function faultAfter(fault: Fault | undefined, reply: Reply): Delivery {
  if (fault === 'reset-after') {
    return { manner: 'reset' };
  }
  if (fault === 'hang-after') {
    return { manner: 'hang' };
  }
  return { manner: fault === 'cut-body' ? 'cut' : 'whole', reply };
}
