import type { ServiceDependencies, ServiceEntry } from '../../calls/operation.js';
import { notEnabled } from '../../wire/refusal.js';
import { createRouter } from '../router.js';
import { hubHandlers } from './hub.js';
import { invitationHandlers } from './invitations.js';
import { memberHandlers } from './members.js';
import { organizationHandlers } from './organization.js';

/** Returns Security Hub, with the paths, field names and limits of UPSTREAMS.md, Security Hub. */
export function createSecurityHub(dependencies: ServiceDependencies): ServiceEntry {
  const { state } = dependencies;
  const router = createRouter('securityhub', {
    ...memberHandlers(dependencies),
    ...hubHandlers(dependencies),
    ...invitationHandlers(dependencies),
    ...organizationHandlers(dependencies),
  });

  return (call) => {
    const operation = router(call);
    return (
      operation && {
        ...operation,
        check() {
          const { account } = call.identity;
          const isEnabled = state.enablement.isEnabled({
            account,
            region: call.region,
            service: 'securityhub',
          });
          if (!isEnabled && !WITHOUT_HUB.has(operation.name)) {
            throw notEnabled('securityhub', account);
          }
          operation.check();
        },
      }
    );
  };
}

/** The operations of an account that has not enabled Security Hub: to enable it, and those of the management account. */
const WITHOUT_HUB: ReadonlySet<string> = new Set([
  'EnableSecurityHub',
  'EnableOrganizationAdminAccount',
  'DisableOrganizationAdminAccount',
  'ListOrganizationAdminAccounts',
]);
