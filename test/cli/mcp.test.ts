import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DisassociateMembersDocument } from '../generated/graphql.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { MGW } from './mgwProcess.js';

const ACCOUNT = { accountId: '210987654321', email: 'audit@example.com' };
const WHERE = { services: ['SECURITY_HUB'], regions: ['us-east-1'] };

let gateway: TestGateway;
let reading: Client;
let changing: Client;

beforeAll(async () => {
  gateway = await startGateway();
  const connect = async (...flags: string[]) => {
    const client = new Client({ name: 'test', version: '1' });
    const env = { PATH: process.env['PATH'] ?? '', MGW_URL: gateway.url };
    const args = [MGW, 'mcp', ...flags];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
    return client;
  };
  [reading, changing] = await Promise.all([connect(), connect('--allow-mutations')]);
});
afterAll(async () => {
  await Promise.all([reading.close(), changing.close()]);
  await gateway.stop();
});

async function call(client: Client, name: string, variables: Record<string, unknown>) {
  const { content, isError } = await client.callTool({ name, arguments: variables });
  const [{ text }] = content as [{ text: string }];
  return { isError: isError === true, text };
}
const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

describe('mgw mcp', () => {
  it('offers reads and dry runs, with a description and the variables of each', async () => {
    const { tools } = await reading.listTools();
    expect(tools.find(({ name }) => name === 'createMembers')).toMatchObject({
      description: expect.stringContaining('dryRun: true only'),
      inputSchema: { required: ['input'] },
      annotations: { readOnlyHint: true },
    });
    expect(tools.filter(({ description = '' }) => description === '')).toEqual([]);
    const mutations = ['cancelRequest', 'retryRequest', 'refreshInventory', 'resolveDoubt'];
    expect(await names(reading)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(mutations.join('|'))]),
    );
    expect(await names(changing)).toEqual(expect.arrayContaining(mutations));
  });

  it('never offers removals and tokens', async () => {
    for (const client of [reading, changing]) {
      const offered = await names(client);
      expect(offered.filter((name) => /disassociate|delete|createToken|revokeToken/.test(name))).toEqual([]);
      expect(
        await call(client, 'deleteMembers', { input: { accountIds: [ACCOUNT.accountId] } }),
      ).toMatchObject({
        isError: true,
        text: expect.stringContaining('there is no tool deleteMembers'),
      });
    }
  });

  it('makes a mutation a dry run, also if the model says otherwise', async () => {
    const input = { accounts: [ACCOUNT], ...WHERE, dryRun: false };
    const { isError, text } = await call(reading, 'createMembers', { input });
    expect({ isError, text }).toMatchObject({
      isError: false,
      text: expect.stringContaining('WOULD_CREATE'),
    });
    expect(await gateway.sandbox.calls('CreateMembers')).toEqual([]);
  });

  it('changes members with --allow-mutations, and reads them', async () => {
    const { text } = await call(changing, 'createMembers', { input: { accounts: [ACCOUNT], ...WHERE } });
    expect(JSON.parse(text)).toMatchObject({ createMembers: { request: { status: 'SUCCEEDED' } } });
    const account = await call(reading, 'account', { accountId: ACCOUNT.accountId });
    expect(account.text).toContain('"status":"CREATED"');
  });

  it('retries no removal', async () => {
    const removal = {
      accountIds: [ACCOUNT.accountId],
      regions: WHERE.regions,
      services: ['SECURITY_HUB' as const],
    };
    const dryRun = { input: { ...removal, dryRun: true } };
    const preview = await gateway.execute(DisassociateMembersDocument, dryRun);
    const confirm = preview.disassociateMembers?.plan?.confirm ?? null;
    const done = await gateway.execute(DisassociateMembersDocument, { input: { ...removal, confirm } });
    const input = { requestId: done.disassociateMembers?.request?.id, onlyRetryable: false };
    expect(await call(changing, 'retryRequest', { input })).toMatchObject({
      isError: true,
      text: expect.stringContaining('makes no removals'),
    });
  });

  it('tells what the gateway refuses as an error of the tool', async () => {
    expect(await call(reading, 'account', { accountId: '12' })).toMatchObject({
      isError: true,
      text: expect.stringContaining('expected an AWS account id of exactly 12 digits'),
    });
  });
});
