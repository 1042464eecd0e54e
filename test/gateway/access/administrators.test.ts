import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdministratorsDocument, CreateMembersDocument, RequestDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

/** The sandbox's regions that are off or restricted: sandbox/README.md. */
const FILE = `
administrators:
  - id: security
    accountId: "111122223333"
    services: [GUARDDUTY, SECURITY_HUB]
    regions: [us-east-1, ap-east-1, eu-south-1, sa-east-1]
  - id: subsidiary
    accountId: "444455556666"
    roleArn: arn:aws:iam::444455556666:role/SandboxExternalId
    externalId: sandbox-external-id
    services: [GUARDDUTY]
    regions: [eu-west-1]
    detectorIds: { eu-west-1: "0123456789abcdef0123456789abcdef" }
`;

let folder: string;
let gateway: TestGateway;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gateway-administrators-'));
  const ADMINISTRATORS_FILE = path.join(folder, 'administrators.yaml');
  await writeFile(ADMINISTRATORS_FILE, FILE);
  gateway = await startGateway({ environment: { ADMINISTRATORS_FILE } });
});
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

const create = async (input: { administrator?: string; first: number }) => {
  const { administrator, first } = input;
  const variables = { input: { ...(administrator ? { administrator } : {}), accounts: accounts(2, first) } };
  return (await gateway.execute(CreateMembersDocument, variables)).createMembers;
};

describe('several administrators', () => {
  it('are listed as configured', async () => {
    const { administrators } = await gateway.execute(AdministratorsDocument);
    expect(administrators).toMatchObject([
      { id: 'security', accountId: '111122223333', services: ['GUARDDUTY', 'SECURITY_HUB'] },
      { id: 'subsidiary', accountId: '444455556666', services: ['GUARDDUTY'], regions: ['eu-west-1'] },
    ]);
  });

  it('require a choice in the input', async () => {
    expect(await create({ first: 0 })).toMatchObject({
      request: null,
      userErrors: [
        {
          code: 'UNKNOWN_ADMINISTRATOR',
          message: 'expected one of the configured administrators (security, subsidiary), got none',
        },
      ],
    });
  });

  it('each act with their own role, and with the detector configured for them', async () => {
    const detectorId = '0123456789abcdef0123456789abcdef';
    await gateway.sandbox.put('detectors', { account: '444455556666', region: 'eu-west-1', detectorId });
    const payload = await create({ administrator: 'subsidiary', first: 10 });
    expect(payload?.request?.status).toBe('SUCCEEDED');
    expect(await gateway.sandbox.calls('ListDetectors')).toEqual([]);
    expect(await gateway.sandbox.calls('AssumeRole')).toHaveLength(1);
    const { request } = await gateway.execute(RequestDocument, { id: payload?.request?.id ?? '' });
    expect(request?.targets).toMatchObject([{ administrator: 'subsidiary', detectorId }]);
  });

  it('fail where a region is off, closed or without the services, and nowhere else', async () => {
    const payload = await create({ administrator: 'security', first: 20 });
    const ends = payload?.request?.outcomes.nodes.map(
      ({ service, region, status, reasonCode }) => `${service} ${region} ${status} ${reasonCode ?? ''}`,
    );
    expect([...new Set(ends)].sort()).toEqual([
      'GUARDDUTY ap-east-1 FAILED ACCESS_DENIED',
      'GUARDDUTY eu-south-1 FAILED ACCESS_DENIED',
      'GUARDDUTY sa-east-1 FAILED SERVICE_NOT_ENABLED',
      'GUARDDUTY us-east-1 PROCESSED ',
      'SECURITY_HUB ap-east-1 FAILED ACCESS_DENIED',
      'SECURITY_HUB eu-south-1 FAILED ACCESS_DENIED',
      'SECURITY_HUB sa-east-1 FAILED SERVICE_NOT_ENABLED',
      'SECURITY_HUB us-east-1 PROCESSED ',
    ]);
    expect(payload?.request).toMatchObject({
      status: 'PARTIALLY_SUCCEEDED',
      counts: { total: 16, processed: 4, failed: 12 },
    });
    for (const { status, reason } of payload?.request?.outcomes.nodes ?? []) {
      expect(reason === null).toBe(status === 'PROCESSED');
    }
  });
});
