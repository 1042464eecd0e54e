import {
  EnableOrganizationAdminAccountCommand,
  UpdateOrganizationConfigurationCommand,
  type AutoEnableMembers,
} from '@aws-sdk/client-guardduty';
import * as hub from '@aws-sdk/client-securityhub';
import { ACCOUNT, detectorOf, startSandbox } from './clients.js';

export const MANAGEMENT = '999999999999';

/** Two accounts of the organization besides the delegated administrator, and one outside it. */
export const [INSIDE, ALSO_INSIDE, OUTSIDE] = ['222233334444', '333344445555', '444455556666'] as const;

/** A sandbox with an organization whose delegated administrator of both services is ACCOUNT. */
export async function startOrganization(autoEnable: AutoEnableMembers = 'NONE') {
  const sandbox = await startSandbox();
  const guardDuty = sandbox.guardDuty();
  const securityHub = sandbox.securityHub();
  const management = {
    guardDuty: sandbox.guardDuty({ account: MANAGEMENT }),
    securityHub: sandbox.securityHub({ account: MANAGEMENT }),
  };
  const DetectorId = await detectorOf(guardDuty);
  const replace = (accountIds: readonly string[]) =>
    sandbox.control.change('PUT', 'organization', {
      managementAccount: MANAGEMENT,
      accounts: accountIds.map((accountId) => ({ accountId })),
    });
  const setAutoEnable = async (AutoEnableOrganizationMembers: AutoEnableMembers): Promise<void> => {
    await guardDuty.send(
      new UpdateOrganizationConfigurationCommand({ DetectorId, AutoEnableOrganizationMembers }),
    );
    await securityHub.send(
      new hub.UpdateOrganizationConfigurationCommand({
        AutoEnable: AutoEnableOrganizationMembers !== 'NONE',
      }),
    );
  };

  await replace([ACCOUNT, INSIDE, ALSO_INSIDE]);
  await management.guardDuty.send(new EnableOrganizationAdminAccountCommand({ AdminAccountId: ACCOUNT }));
  await management.securityHub.send(
    new hub.EnableOrganizationAdminAccountCommand({ AdminAccountId: ACCOUNT }),
  );
  if (autoEnable !== 'NONE') {
    await setAutoEnable(autoEnable);
  }
  return { ...sandbox, client: { guardDuty, securityHub }, management, DetectorId, replace, setAutoEnable };
}
