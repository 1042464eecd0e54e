import {
  EnableOrganizationAdminAccountCommand,
  GuardDutyClient,
  ListDetectorsCommand,
  UpdateOrganizationConfigurationCommand,
  type AutoEnableMembers,
} from '@aws-sdk/client-guardduty';
import * as hub from '@aws-sdk/client-securityhub';
import { OWN, REGION } from './removalFixture.js';
import type { TestSandbox } from './sandboxControl.js';

/** The management account of the organization. */
export const MANAGEMENT = '999999999999';

/** An organization in the sandbox. OWN, the gateway's administrator, is the delegated administrator of both services. */
export interface TestOrganization {
  /** Replaces the accounts besides the administrator and the management account. */
  replace(accountIds: readonly string[]): Promise<void>;
  /** Sets which accounts become members by themselves. Security Hub knows new ones only. */
  setAutoEnable(autoEnable: AutoEnableMembers): Promise<void>;
}

export async function startOrganization(
  sandbox: Pick<TestSandbox, 'url' | 'put'>,
  accountIds: readonly string[],
): Promise<TestOrganization> {
  const config = (account: string) => ({
    endpoint: sandbox.url,
    region: REGION,
    credentials: { accessKeyId: `AKIASANDBOX${account}`, secretAccessKey: 'sandbox-secret' },
  });
  const replace = (ids: readonly string[]): Promise<void> =>
    sandbox.put('organization', {
      managementAccount: MANAGEMENT,
      accounts: [OWN, ...ids].map((accountId) => ({ accountId })),
    });

  await replace(accountIds);
  const AdminAccountId = OWN;
  await new GuardDutyClient(config(MANAGEMENT)).send(
    new EnableOrganizationAdminAccountCommand({ AdminAccountId }),
  );
  await new hub.SecurityHubClient(config(MANAGEMENT)).send(
    new hub.EnableOrganizationAdminAccountCommand({ AdminAccountId }),
  );
  return {
    replace,
    async setAutoEnable(AutoEnableOrganizationMembers) {
      const guardDuty = new GuardDutyClient(config(OWN));
      const { DetectorIds } = await guardDuty.send(new ListDetectorsCommand({}));
      await guardDuty.send(
        new UpdateOrganizationConfigurationCommand({
          DetectorId: DetectorIds?.[0],
          AutoEnableOrganizationMembers,
        }),
      );
      await new hub.SecurityHubClient(config(OWN)).send(
        new hub.UpdateOrganizationConfigurationCommand({
          AutoEnable: AutoEnableOrganizationMembers !== 'NONE',
        }),
      );
    },
  };
}
