import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildSchema, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VARIABLES } from '../../src/config/loadConfig.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const DOCUMENTS = globSync('**/*.md', { exclude: ['**/node_modules', 'dist', '.cache', '.data'] });
const read = (file: string) => readFileSync(file, 'utf8');
const SCRIPTS = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '');

describe('the README', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  it('is at most 120 lines', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(121);
  });

  it('begins with two commands that npm knows', () => {
    const [commands = ''] = blocks(read('README.md'), 'sh');
    expect(commands.trim().split('\n')).toEqual(['npm ci && npm start', 'npm ci && npm test']);
    expect(SCRIPTS).toEqual(expect.arrayContaining(['start', 'test']));
  });

  it('shows a mutation that works as pasted, with the answer it gives', async () => {
    const [, curl = ''] = blocks(read('README.md'), 'sh');
    const [answer = ''] = blocks(read('README.md'), 'json');
    const command = curl.replaceAll('http://127.0.0.1:4000', gateway.url);
    const { stdout } = await promisify(execFile)('bash', ['-c', command]);
    const { extensions, ...shown } = JSON.parse(stdout) as { extensions: unknown };
    expect(shown).toEqual(JSON.parse(answer));
    expect(extensions).toMatchObject({ requestId: expect.any(String), cost: { budget: null } });
  });

  it('names operations that the schema has', () => {
    const schema = buildSchema(read('schema.graphql'));
    const fields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
      (type) => Object.keys(type?.getFields() ?? {}),
    );
    const table = read('README.md').split('## Operations')[1]?.split('\n\nEvery')[0] ?? '';
    const named = [...table.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '');
    expect(named.toSorted()).toEqual(fields.toSorted());
    for (const query of table.match(/\{.*\}/g) ?? []) {
      expect(validate(schema, parse(query))).toEqual([]);
    }
  });
});

describe.each(DOCUMENTS)('%s', (document) => {
  it('links only to what is there', () => {
    const links = [...read(document).matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)].map(
      (match) => match[1] ?? '',
    );
    const missing = links.filter((link) => !existsSync(path.join(path.dirname(document), link)));
    expect(missing).toEqual([]);
  });

  it('names only scripts that npm knows', () => {
    const named = [...read(document).matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(
      (match) => match[1] ?? '',
    );
    expect(SCRIPTS).toEqual(expect.arrayContaining(named));
  });
});

/** Variables of the AWS SDK, which the gateway leaves to it. */
const READ_BY_THE_SDK = ['GUARDDUTY', 'SECURITYHUB', 'STS'].map((service) => `AWS_ENDPOINT_URL_${service}`);

describe('.env.example', () => {
  it('lists exactly the variables that the configuration reads', () => {
    const inCode = VARIABLES.filter((name) => name === name.toUpperCase());
    const inExample = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1]);
    expect(inCode.length).toBeGreaterThan(10);
    expect(inExample.toSorted()).toEqual([...inCode, ...READ_BY_THE_SDK].toSorted());
  });
});
