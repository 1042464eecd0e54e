import type { AutoEnableMembers } from '@aws-sdk/client-guardduty';
import { MANAGEMENT, startOrganization as designate } from '../support/organization.js';
import { detectorOf, startSandbox } from './clients.js';

/** Two accounts of the organization besides the delegated administrator, and one outside it. */
export const [INSIDE, ALSO_INSIDE, OUTSIDE] = ['222233334444', '333344445555', '444455556666'] as const;

/** A sandbox with an organization whose delegated administrator of both services is ACCOUNT, with its clients. */
export async function startOrganization(autoEnable: AutoEnableMembers = 'NONE') {
  const sandbox = await startSandbox();
  const client = { guardDuty: sandbox.guardDuty(), securityHub: sandbox.securityHub() };
  const management = {
    guardDuty: sandbox.guardDuty({ account: MANAGEMENT }),
    securityHub: sandbox.securityHub({ account: MANAGEMENT }),
  };
  const { url } = sandbox.sandbox;
  const put = (path: string, body: unknown) => sandbox.control.change('PUT', path, body);
  const organization = await designate({ url, put }, [INSIDE, ALSO_INSIDE]);
  if (autoEnable !== 'NONE') {
    await organization.setAutoEnable(autoEnable);
  }
  const DetectorId = await detectorOf(client.guardDuty);
  return { ...sandbox, ...organization, client, management, DetectorId };
}
