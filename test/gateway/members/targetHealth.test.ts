import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CreateMembersDocument, TargetHealthsDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

/** The sandbox's regions that are not simply on: sandbox/README.md. */
const FILE = `
administrators:
  - id: security
    accountId: "111122223333"
    services: [GUARDDUTY, SECURITY_HUB]
    regions: [us-east-1, ap-east-1, sa-east-1]
  - id: closed
    accountId: "444455556666"
    roleArn: arn:aws:iam::444455556666:role/SandboxAccessDenied
    services: [SECURITY_HUB]
    regions: [us-east-1]
`;

let folder: string;
let gateway: TestGateway;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gateway-health-'));
  const ADMINISTRATORS_FILE = path.join(folder, 'administrators.yaml');
  await writeFile(ADMINISTRATORS_FILE, FILE);
  const rate = { SECURITYHUB_RATE: '2', SECURITYHUB_BURST: '8' };
  gateway = await startGateway({ environment: { ADMINISTRATORS_FILE, ...rate } });
});
afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

const read = async () => (await gateway.execute(TargetHealthsDocument)).administrators;

it('says for every target whether it answers, and why not', async () => {
  const [security, closed] = await read();
  expect(
    security?.targets.map(({ service, region, answers, enabled, reasonCode }) =>
      [service, region, answers, enabled, reasonCode].join(' '),
    ),
  ).toEqual([
    'GUARDDUTY us-east-1 true true ',
    'GUARDDUTY ap-east-1 false  ACCESS_DENIED',
    'GUARDDUTY sa-east-1 false false SERVICE_NOT_ENABLED',
    'SECURITY_HUB us-east-1 true true ',
    'SECURITY_HUB ap-east-1 false  ACCESS_DENIED',
    'SECURITY_HUB sa-east-1 false false SERVICE_NOT_ENABLED',
  ]);
  expect(security?.targets.map(({ detectorId }) => detectorId !== null)).toEqual([
    ...[true, false, false],
    ...[false, false, false],
  ]);
  expect(security?.targets[2]?.reason).toMatch(/no detector/);
  expect(closed?.targets).toMatchObject([{ answers: false, enabled: null, reasonCode: 'ACCESS_DENIED' }]);
  expect(JSON.stringify([security, closed])).not.toMatch(/arn:aws|SandboxAccessDenied/);
});

it('has the rate, the last call and throttling', async () => {
  await gateway.sandbox.put('faults', [
    { match: { service: 'securityhub', operation: 'CreateMembers' }, fault: 'throttle', times: 1 },
  ]);
  const input = { accounts: accounts(2), administrator: 'security', regions: ['us-east-1'] };
  const { createMembers } = await gateway.execute(CreateMembersDocument, { input });
  expect(createMembers?.request?.status).toBe('SUCCEEDED');
  const hub = (await read())[0]?.targets[3];
  expect(hub).toMatchObject({
    ...{ answers: true, ratePerSecond: 2, burst: 8 },
    lastCall: { status: 'ANSWERED', errorCode: null },
  });
  expect(hub?.requestsLeft).toBeGreaterThan(0);
  expect(hub?.requestsLeft).toBeLessThanOrEqual(8);
  expect(hub?.throttledAt).not.toBeNull();
  expect((await read())[0]?.targets[0]).toMatchObject({
    throttledAt: null,
    lastCall: { status: 'ANSWERED' },
  });
});

it('reads one member of each target, and nothing else', async () => {
  await gateway.sandbox.clearLog();
  await read();
  const asked = (await gateway.sandbox.calls('ListMembers')).map(
    ({ service, region }) => `${service} ${region}`,
  );
  expect(asked.toSorted()).toEqual([
    'guardduty us-east-1',
    'securityhub ap-east-1',
    'securityhub sa-east-1',
    'securityhub us-east-1',
  ]);
});
