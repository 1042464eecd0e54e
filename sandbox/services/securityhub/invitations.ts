import type { ServiceDependencies } from '../../calls/operation.js';
import { memberSideHandlers } from '../memberSide.js';
import { batchInput, invalidParameter, readAccountIds, unprocessedAnswer } from './input.js';

/** Returns the handlers of a member's operations. */
export const invitationHandlers = (dependencies: ServiceDependencies) =>
  memberSideHandlers(dependencies, {
    service: 'securityhub',
    spell: (name) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    status: 'MemberStatus',
    missing: invalidParameter,
    onAccounts: (call, perform) =>
      batchInput(
        { field: 'AccountIds', accountIds: readAccountIds(call), refusesAboveLimit: () => true },
        perform,
      ),
    unprocessedAnswer,
  });
