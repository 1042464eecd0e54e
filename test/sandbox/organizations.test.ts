import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  OrganizationsClient,
  paginateListAccounts,
} from '@aws-sdk/client-organizations';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, accountIds, collect, refusalOf, startSandbox } from './clients.js';
import { MANAGEMENT } from '../support/organization.js';
import { INSIDE, OUTSIDE, startOrganization } from './organization.js';

const clientOf = ({ sandbox }: Awaited<ReturnType<typeof startSandbox>>, account = MANAGEMENT) =>
  new OrganizationsClient({
    endpoint: sandbox.url,
    region: 'us-east-1',
    credentials: { accessKeyId: `AKIASANDBOX${account}`, secretAccessKey: 'sandbox-secret' },
    maxAttempts: 1,
  });

describe('Organizations', () => {
  it('lists accounts with State, in pages, without the retired Status', async () => {
    const organization = await startOrganization();
    const ids = accountIds(45);
    await organization.control.change('PUT', 'organization', {
      managementAccount: MANAGEMENT,
      accounts: [
        { accountId: INSIDE, email: 'owner@example.com', name: 'Payments', state: 'PENDING_CLOSURE' },
        ...ids.map((accountId) => ({ accountId })),
      ],
    });
    const pages = await collect(paginateListAccounts({ client: clientOf(organization) }, {}), (page) => [
      page,
    ]);
    expect(pages.map(({ Accounts }) => Accounts?.length)).toEqual([20, 20, 7]);
    const accounts = pages.flatMap(({ Accounts = [] }) => Accounts);
    expect(accounts.map(({ Id }) => Id)).toEqual([MANAGEMENT, INSIDE, ...ids]);
    expect(accounts[1]).toEqual({
      Id: INSIDE,
      Arn: `arn:aws:organizations::${MANAGEMENT}:account/o-sandbox0000/${INSIDE}`,
      Email: 'owner@example.com',
      Name: 'Payments',
      State: 'PENDING_CLOSURE',
      JoinedMethod: 'CREATED',
      JoinedTimestamp: new Date('2024-01-01T00:00:00Z'),
    });
  });

  it('may answer an empty page with a token', async () => {
    const organization = await startOrganization();
    await organization.control.change('PUT', 'settings', { emptyAccountPages: true });
    const pages = await collect(
      paginateListAccounts({ client: clientOf(organization), pageSize: 3 }, {}),
      ({ Accounts = [] }) => [Accounts.length],
    );
    expect(pages).toEqual([0, 3, 0, 1]);
  });

  it.each([
    ['throttle', 'TooManyRequestsException', 400],
    ['internal-error', 'ServiceException', 500],
  ])('has its own words for the fault %s', async (fault, name, status) => {
    const organization = await startOrganization();
    await organization.control.change('PUT', 'faults', [{ match: { service: 'organizations' }, fault }]);
    const refused = clientOf(organization).send(new ListAccountsCommand({}));
    expect(await refusalOf(refused)).toMatchObject({ name, status });
  });

  it('serves the management account and delegated administrators', async () => {
    const organization = await startOrganization();
    const { Accounts } = await clientOf(organization, ACCOUNT).send(
      new ListAccountsCommand({ MaxResults: 1 }),
    );
    expect(Accounts).toHaveLength(1);
    const member = clientOf(organization, INSIDE);
    expect(await refusalOf(member.send(new ListAccountsCommand({})))).toMatchObject({
      name: 'AccessDeniedException',
    });
    expect((await member.send(new DescribeOrganizationCommand({}))).Organization).toMatchObject({
      Id: 'o-sandbox0000',
      MasterAccountId: MANAGEMENT,
      FeatureSet: 'ALL',
    });
    const outside = clientOf(organization, OUTSIDE);
    const notInUse = { name: 'AWSOrganizationsNotInUseException', status: 400 };
    expect(await refusalOf(outside.send(new ListAccountsCommand({})))).toMatchObject(notInUse);
    expect(await refusalOf(outside.send(new DescribeOrganizationCommand({})))).toMatchObject(notInUse);
  });

  it('is not in use without an organization', async () => {
    const refused = clientOf(await startSandbox()).send(new ListAccountsCommand({}));
    expect((await refusalOf(refused)).name).toBe('AWSOrganizationsNotInUseException');
  });
});
