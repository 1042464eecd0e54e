import type { Identity } from './credentials.js';
import type { Delivery } from './delivery.js';
import type { Fault } from './fault.js';
import type { Operation } from './operation.js';
import { accessDenied, badInput, internalError, notEnabled, OUT_OF_RANGE, throttled } from './refusal.js';
import { badGatewayPage, type Reply } from './reply.js';
import type { CallScope } from './scope.js';

/** How a call ends that is struck before the work; undefined when the work goes on. Throws the refusal of a fault that is one. */
export function struckBefore(
  fault: Fault,
  { account, service }: CallScope,
  { arn }: Identity,
  { name }: Operation,
): Delivery | undefined {
  switch (fault) {
    case 'throttle':
      throw throttled(service);
    case 'internal-error':
      throw internalError(service);
    case 'access-denied':
      throw accessDenied(service, arn, name);
    case 'not-enabled':
      throw service === 'sts' ? accessDenied(service, arn, name) : notEnabled(service, account);
    case 'bad-input':
      throw badInput(service, OUT_OF_RANGE);
    case 'html-502':
      return { manner: 'whole', reply: badGatewayPage() };
    case 'reset-before':
      return { manner: 'reset' };
    case 'hang-before':
      return { manner: 'hang' };
    case 'reset-after':
    case 'hang-after':
    case 'cut-body':
    case 'slow':
      return undefined;
  }
}

/** How the answer of a call fares whose work was done. */
export function struckAfter(fault: Fault | undefined, reply: Reply): Delivery {
  if (fault === 'reset-after') {
    return { manner: 'reset' };
  }
  if (fault === 'hang-after') {
    return { manner: 'hang' };
  }
  return { manner: fault === 'cut-body' ? 'cut' : 'whole', reply };
}
