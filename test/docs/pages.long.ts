import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMgwShell, examplesOf, promisedStatuses, type MgwShell } from '../cli/pageExamples.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const ADMINISTRATOR = '111122223333';
/** What the services say of an account before the section begins. */
const BEFORE: Readonly<Record<string, { accountId: string; status: string; services: readonly string[] }>> = {
  'AWS closed an account': {
    accountId: '555566667777',
    status: 'AccountSuspended',
    services: ['guardduty', 'securityhub'],
  },
  'A wrong address': {
    accountId: '666677778888',
    status: 'EmailVerificationFailed',
    services: ['guardduty'],
  },
};

const NOTHING = { accountId: '', status: '', services: [] as readonly string[] };
const REGIONS = ['us-east-1', 'eu-west-1'];

const read = (file: string) => readFileSync(file, 'utf8');
let gateway: TestGateway;
let shell: MgwShell;

beforeAll(async () => {
  gateway = await startGateway({ environment: { REMOVAL_SHARE_PERCENT: '100' } });
  shell = await createMgwShell(gateway.url);
});
afterAll(async () => {
  await shell[Symbol.asyncDispose]();
  await gateway.stop();
});

// The cookbook compares its list with all members, so that it comes first.
describe.each(['docs/cookbook.md', 'docs/tutorial.md'])('%s', (page) => {
  const sections = read(page)
    .split(/^## /m)
    .map((text) => ({ title: text.slice(0, text.indexOf('\n')), examples: examplesOf(text) }))
    .filter(({ examples }) => examples.length > 0);

  it('has sections with commands', () => {
    expect(sections.length).toBeGreaterThan(5);
  });

  it.each(sections)('$title', async ({ title, examples }) => {
    const { accountId, status, services } = BEFORE[title] ?? NOTHING;
    for (const [service, region] of services.flatMap((one) =>
      REGIONS.map((region) => [one, region] as const),
    )) {
      const member = { accountId, email: 'owner@example.com', status };
      await gateway.sandbox.seed({ account: ADMINISTRATOR, region, service }, [member]);
    }
    for (const example of examples) {
      const lines = example.commands.map((line) => line.replaceAll('http://127.0.0.1:4000', gateway.url));
      const { statuses, stdout, stderr } = await shell.run(lines);
      expect({ statuses, stdout, stderr }).toEqual({
        statuses: promisedStatuses(example),
        stdout: expect.not.stringMatching(/"errors":|"userErrors":\[\{/),
        stderr: expect.any(String),
      });
    }
  });
});
