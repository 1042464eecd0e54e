import type { ServiceDependencies } from '../../calls/operation.js';
import { memberSideHandlers } from '../memberSide.js';
import { invalidValues, onAccounts, unprocessedAnswer } from './input.js';

/** Returns the handlers of a member's operations. */
export const invitationHandlers = (dependencies: ServiceDependencies) =>
  memberSideHandlers(dependencies, {
    service: 'guardduty',
    spell: (name) => name,
    status: 'relationshipStatus',
    missing: invalidValues,
    onAccounts,
    unprocessedAnswer,
  });
