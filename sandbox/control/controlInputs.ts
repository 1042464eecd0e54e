import { z } from 'zod';
import { FAULTS } from '../faults/fault.js';
import { MEMBER_STATUSES } from '../members/member.js';
import { OPERATION_NAMES, SIGNED_SERVICES } from '../operations.js';
import { isAccountId } from '../scope.js';
import { ACCOUNT_STATES } from '../state/organization.js';
import { REGION_STATES } from '../settings.js';

const accountId = z.string().refine(isAccountId, 'expected 12 digits');
const service = z.enum(['guardduty', 'securityhub']);
const signedService = z.enum(SIGNED_SERVICES);
const operation = z.enum(OPERATION_NAMES);
const milliseconds = z.number().min(0).max(600_000);
const delay = { ms: milliseconds, jitterMs: milliseconds.default(0) };
const rate = z
  .strictObject({ perSecond: z.number().positive(), burst: z.number().int().positive() })
  .nullable();
const ceilings = z.strictObject({
  members: z.number().int().nullable(),
  invitations: z.number().int().nullable(),
});

/** GET /log: conditions on calls. `account` is the calling account, `accountId` a member account in the call. */
export const LogQuery = z.strictObject({
  since: z.coerce.number().int().default(0),
  service: signedService.optional(),
  region: z.string().optional(),
  operation: operation.optional(),
  account: accountId.optional(),
  accountId: accountId.optional(),
});

/** GET /mails: conditions on invitations. `account` is the inviting account, `accountId` the invited one. */
export const MailQuery = z.strictObject({
  since: z.coerce.number().int().default(0),
  service: service.optional(),
  region: z.string().optional(),
  account: accountId.optional(),
  accountId: accountId.optional(),
});

/** GET /members: the administrator, region and service. */
export const MembersQuery = z.strictObject({ account: accountId, region: z.string(), service });

/** POST /members: members to store as given. */
export const SeedMembers = MembersQuery.extend({
  members: z.array(
    z.strictObject({
      accountId,
      email: z.string().optional(),
      status: z.enum(MEMBER_STATUSES),
      invitedAt: z.iso.datetime().optional(),
      updatedAt: z.iso.datetime().optional(),
    }),
  ),
});

/** GET /detectors: the account and region. */
export const DetectorQuery = z.strictObject({ account: accountId, region: z.string() });

/** PUT /detectors: the new detector; null for none. */
export const ReplaceDetector = DetectorQuery.extend({ detectorId: z.string().min(1).max(300).nullable() });

const organizationAccount = z.strictObject({
  accountId,
  email: z.string().optional(),
  name: z.string().optional(),
  state: z.enum(ACCOUNT_STATES).default('ACTIVE'),
});

/** PUT /organization: the management account and the other accounts. */
export const ReplaceOrganization = z
  .strictObject({ managementAccount: accountId, accounts: z.array(organizationAccount) })
  .transform(({ managementAccount, accounts }) => ({
    managementAccount,
    accounts: [organizationAccount.parse({ accountId: managementAccount }), ...accounts].map((account) => ({
      ...account,
      email: account.email ?? `owner-${account.accountId}@example.com`,
      name: account.name ?? `Account ${account.accountId}`,
    })),
  }));

/** PUT /latency: the delays of answers. */
export const Latency = z.strictObject({
  ...delay,
  overrides: z
    .array(z.strictObject({ service: signedService.optional(), region: z.string().optional(), ...delay }))
    .default([]),
});

/** PUT /faults: all fault rules. */
export const FaultRuleList = z.array(
  z.strictObject({
    match: z
      .strictObject({
        service: signedService.optional(),
        region: z.string().optional(),
        operation: operation.optional(),
        account: accountId.optional(),
        accountId: accountId.optional(),
      })
      .default({}),
    fault: z.enum(FAULTS),
    times: z.number().int().positive().optional(),
    probability: z.number().min(0).max(1).optional(),
    seed: z.number().int().optional(),
    ms: milliseconds.optional(),
  }),
);

/** PUT /rates: the rates to change; null for no limit. */
export const RateChanges = z.strictObject({ guardduty: rate.optional(), securityhub: rate.optional() });

/** PUT /settings: the settings to change. Other regions and roles do not change. */
export const SettingsChanges = z.strictObject({
  regions: z.record(z.string(), z.enum(REGION_STATES)).optional(),
  roles: z
    .record(z.string(), z.strictObject({ denied: z.boolean().optional(), externalId: z.string().optional() }))
    .optional(),
  ceilings: z.strictObject({ guardduty: ceilings.optional(), securityhub: ceilings.optional() }).optional(),
  securityHubAboveLimit: z.enum(['refuse', 'unprocessed']).optional(),
  emptyAccountPages: z.boolean().optional(),
});
