import { z } from 'zod';
import { readBody } from '../../calls/body.js';
import {
  plainInput,
  type Handler,
  type ServiceDependencies,
  type SignedCall,
} from '../../calls/operation.js';
import { delegationOperations } from '../../members/delegation.js';
import { AUTO_ENABLE } from '../../state/organization.js';
import { badInput, type Refusal } from '../../wire/refusal.js';
import { invalidValues } from './input.js';

const Administrator = z.object({ adminAccountId: z.string() });
/** One of the two is required; the first is the older one. */
const Configuration = z
  .object({
    autoEnable: z.boolean().optional(),
    autoEnableOrganizationMembers: z.enum(AUTO_ENABLE).optional(),
  })
  .refine(
    ({ autoEnable, autoEnableOrganizationMembers }) =>
      (autoEnable === undefined) !== (autoEnableOrganizationMembers === undefined),
  );

/** Returns the handlers of the organization's operations. */
export function organizationHandlers({ state }: ServiceDependencies) {
  const delegation = ({ identity, region, at }: SignedCall) =>
    delegationOperations(state, { account: identity.account, region, service: 'guardduty' }, at, REFUSALS);
  const change =
    (perform: 'enable' | 'disable'): Handler =>
    (call) => {
      const body = readBody(Administrator, call);
      return plainInput(
        () => {
          delegation(call)[perform](body?.adminAccountId ?? '');
          return {};
        },
        () => requireBody(body),
      );
    };

  return {
    EnableOrganizationAdminAccount: change('enable'),
    DisableOrganizationAdminAccount: change('disable'),
    ListOrganizationAdminAccounts: (call) =>
      plainInput(() => ({
        adminAccounts: delegation(call)
          .administrators()
          .map((adminAccountId) => ({ adminAccountId, adminStatus: 'ENABLED' })),
      })),
    DescribeOrganizationConfiguration: (call) =>
      plainInput(() => {
        const { autoEnable, isFull } = delegation(call).describe();
        return {
          autoEnable: autoEnable !== 'NONE',
          autoEnableOrganizationMembers: autoEnable,
          memberAccountLimitReached: isFull,
          features: [],
        };
      }),
    UpdateOrganizationConfiguration(call) {
      const body = readBody(Configuration, call);
      return plainInput(
        () => {
          delegation(call).update(
            body?.autoEnableOrganizationMembers ?? (body?.autoEnable === true ? 'NEW' : 'NONE'),
          );
          return {};
        },
        () => requireBody(body),
      );
    },
  } satisfies Record<string, Handler>;
}

function requireBody(body: unknown): void {
  if (body === undefined) {
    throw invalidValues();
  }
}

const refusal = (text: string) => (): Refusal => badInput('guardduty', text);

/** The texts were seen (UPSTREAMS.md, "Texts of other operations"). */
const REFUSALS = {
  notPermitted: refusal(
    'The request failed because you do not have required AWS Organization master permission.',
  ),
  notInOrganization: refusal(
    'The request failed because admin account passed is not member of AWS Organizations.',
  ),
  otherAdministrator: refusal(
    'The request failed because another account is already enabled as GuardDuty delegated administrator for the organization.',
  ),
};
