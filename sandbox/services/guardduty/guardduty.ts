import type { Handler, ServiceDependencies, ServiceEntry } from '../../calls/operation.js';
import { OPERATIONS, type OperationOf } from '../../operations.js';
import { badInput, notEnabled } from '../../wire/refusal.js';
import { createRouter, type Handlers } from '../router.js';
import { detectorHandlers } from './detectors.js';
import { invitationHandlers } from './invitations.js';
import { memberHandlers } from './members.js';
import { organizationHandlers } from './organization.js';

/** Returns GuardDuty, with the paths, field names and limits of UPSTREAMS.md, GuardDuty. */
export function createGuardDuty(dependencies: ServiceDependencies): ServiceEntry {
  const handlers: Handlers<'guardduty'> = {
    ...memberHandlers(dependencies),
    ...detectorHandlers(dependencies),
    ...invitationHandlers(dependencies),
    ...organizationHandlers(dependencies),
  };
  const names = Object.keys(handlers) as OperationOf<'guardduty'>[];
  const guarded = names.map((name) => [
    name,
    OPERATIONS.guardduty[name].includes('{DetectorId}')
      ? withDetectorCheck(dependencies, handlers[name])
      : handlers[name],
  ]);
  return createRouter('guardduty', Object.fromEntries(guarded) as Handlers<'guardduty'>);
}

/** The form of GuardDuty's detector ids; one in another form has an error text of its own. */
const DETECTOR_ID = /^[0-9a-f]{32}$/;
const MALFORMED_DETECTOR = 'The request is rejected because the parameter detectorId has an invalid value.';

/** Returns the handler with a check of the detector in the path before its own checks. */
const withDetectorCheck =
  ({ state }: ServiceDependencies, handler: Handler): Handler =>
  (call) => {
    const input = handler(call);
    return {
      ...input,
      check() {
        const [, detectorId = ''] = call.segments;
        if (state.enablement.detectorId(call.identity.account, call.region) !== detectorId) {
          throw DETECTOR_ID.test(detectorId)
            ? notEnabled('guardduty', call.identity.account)
            : badInput('guardduty', MALFORMED_DETECTOR);
        }
        input.check();
      },
    };
  };
