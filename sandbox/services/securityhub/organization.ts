import { z } from 'zod';
import { readBody } from '../../calls/body.js';
import {
  plainInput,
  type Handler,
  type ServiceDependencies,
  type SignedCall,
} from '../../calls/operation.js';
import { delegationOperations } from '../../members/delegation.js';
import type { Scope } from '../../scope.js';
import { badInput, notAdministrator } from '../../wire/refusal.js';
import { invalidParameter } from './input.js';

const Administrator = z.object({ AdminAccountId: z.string(), Feature: z.literal('SecurityHub').optional() });
const Configuration = z.object({
  AutoEnable: z.boolean(),
  OrganizationConfiguration: z.object({ ConfigurationType: z.literal('LOCAL') }).optional(),
});

/** Returns the handlers of the organization's operations. The configuration is always a local one. */
export function organizationHandlers({ state }: ServiceDependencies) {
  const delegation = ({ identity, region, at }: SignedCall) =>
    delegationOperations(state, { account: identity.account, region, service: 'securityhub' }, at, REFUSALS);
  const change =
    (perform: 'enable' | 'disable'): Handler =>
    (call) => {
      const body = readBody(Administrator, call);
      return plainInput(
        () => {
          delegation(call)[perform](body?.AdminAccountId ?? '');
          return perform === 'enable' ? { AdminAccountId: body?.AdminAccountId, Feature: 'SecurityHub' } : {};
        },
        () => requireBody(body, 'AdminAccountId'),
      );
    };

  return {
    EnableOrganizationAdminAccount: change('enable'),
    DisableOrganizationAdminAccount: change('disable'),
    ListOrganizationAdminAccounts: (call) =>
      plainInput(() => ({
        AdminAccounts: delegation(call)
          .administrators()
          .map((AccountId) => ({ AccountId, Status: 'ENABLED' })),
        Feature: 'SecurityHub',
      })),
    DescribeOrganizationConfiguration: (call) =>
      plainInput(() => {
        const { autoEnable, isFull } = delegation(call).describe();
        return {
          AutoEnable: autoEnable === 'NEW',
          MemberAccountLimitReached: isFull,
          AutoEnableStandards: 'DEFAULT',
          OrganizationConfiguration: { ConfigurationType: 'LOCAL', Status: 'ENABLED' },
        };
      }),
    UpdateOrganizationConfiguration(call) {
      const body = readBody(Configuration, call);
      return plainInput(
        () => {
          delegation(call).update(body?.AutoEnable === true ? 'NEW' : 'NONE');
          return {};
        },
        () => requireBody(body, 'AutoEnable'),
      );
    },
  } satisfies Record<string, Handler>;
}

function requireBody(body: unknown, field: string): void {
  if (body === undefined) {
    throw invalidParameter(field);
  }
}

/** The first text was seen (UPSTREAMS.md, "Texts of other operations"); the others are GuardDuty's. */
const REFUSALS = {
  notPermitted: ({ account }: Scope) => notAdministrator('securityhub', account, ''),
  notInOrganization: () =>
    badInput(
      'securityhub',
      'The request failed because admin account passed is not member of AWS Organizations.',
    ),
  otherAdministrator: () =>
    badInput(
      'securityhub',
      'The request failed because another account is already enabled as Security Hub delegated administrator for the organization.',
    ),
};
