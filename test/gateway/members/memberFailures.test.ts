import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accounts, startGateway, type GraphQLAnswer, type TestGateway } from '../../support/gateway.js';

/** The sandbox's regions that are not simply on: sandbox/README.md. */
const FILE = `
administrators:
  - id: security
    accountId: "111122223333"
    services: [GUARDDUTY, SECURITY_HUB]
    regions: [us-east-1, ap-east-1, eu-south-1, sa-east-1]
    detectorIds: { us-east-1: "0123456789abcdef0123456789abcdef" }
  - id: closed
    accountId: "444455556666"
    roleArn: arn:aws:iam::444455556666:role/SandboxAccessDenied
    services: [SECURITY_HUB]
    regions: [us-east-1]
`;
const QUERY = `query ($id: AwsAccountId!, $administrator: ID, $services: [SecurityService!], $regions: [AwsRegion!]) {
  account(accountId: $id) {
    members(administrator: $administrator, services: $services, regions: $regions) { service region status }
  }
}`;
const [{ accountId: id }] = accounts(1) as [{ accountId: string; email: string }];

let folder: string;
let gateway: TestGateway;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gateway-members-'));
  const ADMINISTRATORS_FILE = path.join(folder, 'administrators.yaml');
  await writeFile(ADMINISTRATORS_FILE, FILE);
  gateway = await startGateway({ environment: { ADMINISTRATORS_FILE } });
});
beforeEach(async () => {
  await gateway.sandbox.put('faults', []);
  await gateway.sandbox.clearLog();
});
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

async function read(variables: Record<string, unknown>) {
  const { body } = await gateway.post({ query: QUERY, variables: { id, ...variables } });
  const data = body.data as { account: { members: ({ region: string; status: string } | null)[] } } | null;
  return { body, members: data?.account.members ?? null };
}
const faults = ({ errors = [] }: GraphQLAnswer) =>
  errors.map(({ path: at, extensions }) => [at?.join('.'), extensions.code, extensions['reasonCode']]);

describe('a target that cannot be read', () => {
  it('is null, with a code and its own path among the errors, beside the other targets', async () => {
    const { body, members } = await read({ administrator: 'security' });
    expect(members?.map((member) => member?.status ?? null)).toEqual([
      ...['NOT_A_MEMBER', null, null, null],
      ...['NOT_A_MEMBER', null, null, null],
    ]);
    expect(faults(body).toSorted()).toEqual([
      ['account.members.1', 'UPSTREAM_FAILED', 'ACCESS_DENIED'],
      ['account.members.2', 'UPSTREAM_FAILED', 'ACCESS_DENIED'],
      ['account.members.3', 'UPSTREAM_FAILED', 'SERVICE_NOT_ENABLED'],
      ['account.members.5', 'UPSTREAM_FAILED', 'ACCESS_DENIED'],
      ['account.members.6', 'UPSTREAM_FAILED', 'ACCESS_DENIED'],
      ['account.members.7', 'UPSTREAM_FAILED', 'SERVICE_NOT_ENABLED'],
    ]);
    const [{ message, extensions } = expect.unreachable()] =
      body.errors?.filter((error) => error.path?.at(-1) === 5) ?? [];
    expect(message).toMatch(/^SECURITY_HUB in ap-east-1 as security: .*security token/);
    expect(extensions).toEqual({
      ...{ code: 'UPSTREAM_FAILED', reasonCode: 'ACCESS_DENIED', reason: message.split(': ')[1] },
      ...{ administrator: 'security', service: 'SECURITY_HUB', region: 'ap-east-1' },
    });
  });

  it('does not name the role whose credentials were refused', async () => {
    const { body, members } = await read({ administrator: 'closed' });
    expect(members).toEqual([null]);
    expect(faults(body)).toEqual([['account.members.0', 'UPSTREAM_FAILED', 'ACCESS_DENIED']]);
    expect(JSON.stringify(body)).not.toMatch(/arn:aws|SandboxAccessDenied/);
  });

  it('is THROTTLED after three throttled attempts', async () => {
    await gateway.sandbox.put('faults', [{ match: { operation: 'GetMembers' }, fault: 'throttle' }]);
    const { body } = await read({
      administrator: 'security',
      services: ['SECURITY_HUB'],
      regions: ['us-east-1'],
    });
    expect(faults(body)).toEqual([['account.members.0', 'THROTTLED', 'THROTTLED']]);
    expect(await gateway.sandbox.calls('GetMembers')).toHaveLength(3);
  });

  it('is UNREACHABLE when it does not answer', async () => {
    await gateway.sandbox.put('faults', [{ match: { operation: 'GetMembers' }, fault: 'reset-before' }]);
    const { body } = await read({
      administrator: 'security',
      services: ['SECURITY_HUB'],
      regions: ['us-east-1'],
    });
    expect(faults(body)).toEqual([['account.members.0', 'UPSTREAM_FAILED', 'UNREACHABLE']]);
  });
});

describe('what is not configured', () => {
  it.each([
    [
      { administrator: 'nobody' },
      'administrator: expected one of the configured administrators (security, closed), got "nobody"',
    ],
    [
      { administrator: 'closed', services: ['GUARDDUTY'] },
      'services: expected one of the configured services (SECURITY_HUB), got "GUARDDUTY"',
    ],
    [
      { administrator: 'closed', regions: ['mars-1'] },
      'regions: expected one of the configured regions (us-east-1), got "mars-1"',
    ],
  ])('is refused: %j', async (asked, message) => {
    const { body } = await read(asked);
    expect(body.errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe("GuardDuty's detector", () => {
  const asked = { administrator: 'security', services: ['GUARDDUTY'], regions: ['us-east-1'] };
  const listings = () => gateway.sandbox.calls('ListDetectors');

  it('is looked up once when GuardDuty disowns the configured one, and kept', async () => {
    const where = { account: '111122223333', region: 'us-east-1' };
    for (const detectorId of ['fedcba9876543210fedcba9876543210', '00112233445566778899aabbccddeeff']) {
      await gateway.sandbox.put('detectors', { ...where, detectorId });
      await gateway.sandbox.clearLog();
      expect((await read(asked)).members).toMatchObject([{ status: 'NOT_A_MEMBER' }]);
      expect(await listings()).toHaveLength(1);
      expect((await read(asked)).members).toMatchObject([{ status: 'NOT_A_MEMBER' }]);
      expect(await listings()).toHaveLength(1);
    }
    await gateway.sandbox.put('detectors', { ...where, detectorId: null });
    expect(faults((await read(asked)).body)).toEqual([
      ['account.members.0', 'UPSTREAM_FAILED', 'SERVICE_NOT_ENABLED'],
    ]);
  });
});
