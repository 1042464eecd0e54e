import { z } from 'zod';
import { plainInput, type Input, type ServiceEntry, type SignedCall } from '../calls/operation.js';
import { readBody } from '../calls/body.js';
import type { Organization, OrganizationAccount, OrganizationState } from '../state/organization.js';
import type { Settings } from '../settings.js';
import type { SandboxState } from '../state/sandboxState.js';
import { accessDenied, badInput, Refusal } from '../wire/refusal.js';

/** The header X-Amz-Target is this prefix and the name of the operation. */
const TARGET_PREFIX = 'AWSOrganizationsV20161128.';

/** The limit for accounts in one page. */
const PAGE_LIMIT = 20;

/** A token is the number of accounts before the page, with a plus after its empty page. */
const TOKEN = /^(\d+)(\+)?$/;

const ListInput = z.object({
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(1).max(PAGE_LIMIT).default(PAGE_LIMIT),
});

/**
 * Returns AWS Organizations with ListAccounts and DescribeOrganization, in the JSON protocol: one path, and the operation in a
 * header. The management account and delegated administrators may list the accounts.
 */
export function createOrganizations({ organization }: SandboxState, settings: () => Settings): ServiceEntry {
  return (call) => {
    const name = call.headers['x-amz-target'];
    if (call.method !== 'POST' || call.segments.length > 0) {
      return undefined;
    }
    if (name === `${TARGET_PREFIX}ListAccounts`) {
      return { name: 'ListAccounts', ...listAccounts(organization, call, settings().emptyAccountPages) };
    }
    if (name === `${TARGET_PREFIX}DescribeOrganization`) {
      return { name: 'DescribeOrganization', ...describeOrganization(organization, call) };
    }
    return undefined;
  };
}

function listAccounts(state: OrganizationState, call: SignedCall, emptyPages: boolean): Input {
  const input = readBody(ListInput, call);
  return plainInput(
    () => {
      const { accounts, managementAccount } = ownOrganization(state, call);
      const [, start = '0', seen] = TOKEN.exec(input?.NextToken ?? '0') ?? [];
      if (emptyPages && seen === undefined) {
        return { Accounts: [], NextToken: `${start}+` };
      }
      const end = Number(start) + (input?.MaxResults ?? PAGE_LIMIT);
      return {
        Accounts: accounts.slice(Number(start), end).map(wireAccount(managementAccount)),
        NextToken: end < accounts.length ? String(end) : undefined,
      };
    },
    () => {
      const { managementAccount } = ownOrganization(state, call);
      const { account, arn } = call.identity;
      const isDelegated = state.delegations().some(({ administrator }) => administrator === account);
      if (account !== managementAccount && !isDelegated) {
        throw accessDenied('organizations', arn, 'ListAccounts');
      }
      if (!input || !TOKEN.test(input.NextToken ?? '0')) {
        throw badInput('organizations', 'You specified an invalid value.');
      }
    },
  );
}

const describeOrganization = (state: OrganizationState, call: SignedCall): Input =>
  plainInput(() => {
    const { managementAccount, accounts } = ownOrganization(state, call);
    return {
      Organization: {
        Id: ORGANIZATION_ID,
        Arn: `arn:aws:organizations::${managementAccount}:organization/${ORGANIZATION_ID}`,
        FeatureSet: 'ALL',
        MasterAccountId: managementAccount,
        MasterAccountArn: accountArn(managementAccount, managementAccount),
        MasterAccountEmail: accounts.find(({ accountId }) => accountId === managementAccount)?.email,
      },
    };
  });

/** Returns the organization of the caller. Throws a Refusal for an account outside it. */
function ownOrganization(state: OrganizationState, { identity }: SignedCall): Organization {
  const found = state.get();
  if (!found || !state.account(identity.account)) {
    throw new Refusal(
      400,
      'AWSOrganizationsNotInUseException',
      'Your account is not a member of an organization.',
    );
  }
  return found;
}

const ORGANIZATION_ID = 'o-sandbox0000';

const accountArn = (managementAccount: string, accountId: string): string =>
  `arn:aws:organizations::${managementAccount}:account/${ORGANIZATION_ID}/${accountId}`;

/** An account has `State` alone; `Status` is retired (UPSTREAMS.md, "Organizations"). */
const wireAccount =
  (managementAccount: string) =>
  ({ accountId, email, name, state }: OrganizationAccount) => ({
    Id: accountId,
    Arn: accountArn(managementAccount, accountId),
    Email: email,
    Name: name,
    State: state,
    JoinedMethod: 'CREATED',
    JoinedTimestamp: JOINED_AT,
  });

/** 2024-01-01, in seconds since 1970. */
const JOINED_AT = 1_704_067_200;
