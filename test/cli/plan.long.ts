import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';
import { createMgwRunner, jsonLines, type MgwRunner } from './mgwProcess.js';

const OWN = '111122223333';
const REGIONS = ['us-east-1', 'eu-west-1', 'eu-central-1'];

let gateway: TestGateway;
let mgw: MgwRunner;

beforeAll(async () => {
  const administrator = {
    id: 'default',
    accountId: OWN,
    services: ['GUARDDUTY', 'SECURITY_HUB'],
    regions: REGIONS,
  };
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'plan-')), 'administrators.json');
  await writeFile(file, JSON.stringify({ administrators: [administrator] }));
  gateway = await startGateway({
    environment: { REMOVAL_SHARE_PERCENT: '40', ADMINISTRATORS_FILE: file },
  });
  mgw = await createMgwRunner({ MGW_URL: gateway.url });
});
afterAll(async () => {
  await mgw[Symbol.asyncDispose]();
  await gateway.stop();
});

const [first, second, third, fourth] = accounts(4).map(({ accountId }) => accountId);

/** Writes members.yaml with these accounts at one target. */
async function want(...lines: string[]): Promise<void> {
  const block = ['members:', '  - services: [guardduty]', '    regions: [us-east-1]', '    accounts:'];
  const text = [...block, ...lines.map((line) => `      - ${line}`), ''].join('\n');
  await writeFile(path.join(mgw.folder, 'members.yaml'), text);
}

/** The changes that a plan shows. */
async function changes(...flags: string[]): Promise<string[]> {
  const { stdout } = await mgw.run(['plan', '-f', 'members.yaml', '--json', ...flags]);
  return jsonLines(stdout).map(({ action, accountId }) => `${String(action)} ${String(accountId)}`);
}

it('apply creates and invites what a file wants, and then there is nothing to do', async () => {
  await want(
    `accountId: ${first}\n        email: a@example.com`,
    `{accountId: "${second}", email: b@example.com}`,
    `{accountId: ${third}, email: c@example.com}`,
  );
  expect(await changes()).toEqual([`create ${first}`, `create ${second}`, `create ${third}`]);
  const plan = ['plan', '-f', 'members.yaml', '--detailed-exitcode'];
  expect(await mgw.run(plan)).toMatchObject({
    status: 2,
    stdout: expect.stringMatching(/^CHANGE .*\n\+ create/),
  });
  const asked = await mgw.run(['apply', '-f', 'members.yaml']);
  expect(asked).toMatchObject({ status: 2, stderr: expect.stringContaining('nothing was changed') });
  expect(await mgw.run(['apply', '-f', 'members.yaml', '--yes', '--note', 'T-1'])).toMatchObject({
    status: 0,
  });
  expect(await gateway.sandbox.mails()).toHaveLength(3);
  expect(await mgw.run(plan)).toMatchObject({ status: 0, stdout: '', stderr: 'no changes\n' });
});

it('removes only with --remove, and not beyond the share limit', async () => {
  await want(`{accountId: ${first}, email: a@example.com}`);
  expect(await changes('--remove')).toEqual([`remove ${second}`, `remove ${third}`]);
  await want(`{accountId: ${first}, email: a@example.com}`, `{accountId: ${fourth}, email: d@example.com}`);
  const apply = ['apply', '-f', 'members.yaml', '--yes', '--remove'];
  expect(await mgw.run(apply)).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('REMOVAL_LIMIT_EXCEEDED'),
  });
  expect(await gateway.sandbox.calls('CreateMembers')).toHaveLength(1);
  await want(
    `{accountId: ${first}, email: a@example.com}`,
    `{accountId: ${second}, email: other@example.com}`,
  );
  // What a person has to mend is left: some accounts are not done.
  expect(await mgw.run(apply)).toMatchObject({ status: 3 });
  expect(await changes('--remove')).toEqual([`mend ${second}`]);
});

it('shows all differences of many targets, and says before it starts what a run leaves', async () => {
  const many = accounts(7_000, 20_000);
  await writeFile(
    path.join(mgw.folder, 'many.csv'),
    many.map(({ accountId, email }) => `${accountId},${email}\n`).join(''),
  );
  await writeFile(path.join(mgw.folder, 'many.yaml'), 'members:\n  - file: many.csv\n');
  const strangers = accounts(10_001, 50_000).map((account) => ({ ...account, status: 'Enabled' }));
  await gateway.sandbox.seed({ account: OWN, region: 'eu-central-1', service: 'guardduty' }, strangers);
  const { status, stdout, stderr } = await mgw.run(['plan', '-f', 'many.yaml', '--remove', '--csv']);
  // Two members are those of the tests above.
  expect({ status, lines: stdout.split('\r\n').length }).toEqual({
    status: 0,
    lines: 6 * 7_000 + 10_000 + 2 + 2,
  });
  expect(stderr).toContain('GUARDDUTY eu-central-1: 1 more members are not wanted');
});

it.each([
  ['members: []\n', 'expected a list "members" of blocks'],
  [
    'members:\n  - regoins: [us-east-1]\n',
    'line 2: expected administrator, services, regions, accounts, file, got "regoins"',
  ],
  [
    'members:\n  - accounts:\n      - 12345678901\n',
    'line 3, account id: expected an account id of 12 digits, got "12345678901"',
  ],
  ['members:\n  - accounts: [x\n', 'members.yaml: '],
  ['members:\n  - file: none.csv\n', 'none.csv: ENOENT'],
])('a file that is wrong is named: %j', async (text, words) => {
  await writeFile(path.join(mgw.folder, 'members.yaml'), text);
  expect(await mgw.run(['plan', '-f', 'members.yaml'])).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining(words),
  });
});

it('an id without quotes keeps its zeros, and a file beside has the accounts', async () => {
  await writeFile(path.join(mgw.folder, 'list.csv'), '012345678901,z@example.com\n');
  const block = `  - services: [security-hub]\n    regions: [us-east-1]`;
  await writeFile(
    path.join(mgw.folder, 'members.yaml'),
    `members:\n${block}\n    file: list.csv\n    accounts:\n      - 023456789012\n`,
  );
  expect(await changes()).toEqual(['create 012345678901', 'create 023456789012']);
  await writeFile(
    path.join(mgw.folder, 'members.yaml'),
    `members:\n${`${block}\n    file: list.csv\n`.repeat(2)}`,
  );
  expect(await mgw.run(['plan', '-f', 'members.yaml', '--detailed-exitcode'])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('expected each target in one block'),
  });
});
