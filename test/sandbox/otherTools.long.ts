import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startSandbox } from './clients.js';

const run = promisify(execFile);

const isThere = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

const ENVIRONMENT = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  AWS_ACCESS_KEY_ID: 'AKIASANDBOX111122223333',
  AWS_SECRET_ACCESS_KEY: 'sandbox-secret',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_PAGER: '',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/** Runs a program as it is installed, with keys of the sandbox; resolves with its answer in JSON. */
async function ask(command: string, args: string[]): Promise<unknown> {
  const { stdout } = await run(command, args, { env: ENVIRONMENT, timeout: 60_000 });
  return stdout.trim() === '' ? null : JSON.parse(stdout);
}

describe('the sandbox, asked by tools of others', () => {
  it.skipIf(!isThere('aws', '--version'))('answers the AWS CLI [needs aws]', async () => {
    const { url } = (await startSandbox()).sandbox;
    const aws = (...args: string[]) => ask('aws', ['--endpoint-url', url, '--output', 'json', ...args]);
    expect(await aws('sts', 'get-caller-identity')).toMatchObject({ Account: '111122223333' });
    const { DetectorIds } = (await aws('guardduty', 'list-detectors')) as { DetectorIds: string[] };
    const detector = ['--detector-id', DetectorIds[0] ?? ''];
    const details = 'AccountId=222233334444,Email=audit@example.com';
    expect(await aws('guardduty', 'create-members', ...detector, '--account-details', details)).toEqual({
      UnprocessedAccounts: [],
    });
    expect(await aws('guardduty', 'list-members', ...detector, '--only-associated', 'false')).toMatchObject({
      Members: [{ AccountId: '222233334444', RelationshipStatus: 'Created' }],
    });
    expect(await aws('securityhub', 'create-members', '--account-details', details)).toMatchObject({
      UnprocessedAccounts: [],
    });
    await expect(
      aws('guardduty', 'list-members', '--detector-id', '12abc34d567e8fa901bc2d34e56789f0'),
    ).rejects.toThrow('BadRequestException');
  });

  it.skipIf(!isThere('python3', '-c', 'import boto3'))('answers boto3 [needs boto3]', async () => {
    const { url } = (await startSandbox()).sandbox;
    const program = `
import boto3, json, sys
guardduty, hub = (boto3.client(name, endpoint_url=sys.argv[1]) for name in ('guardduty', 'securityhub'))
detector = guardduty.list_detectors()['DetectorIds'][0]
details = [{'AccountId': '222233334444', 'Email': 'audit@example.com'}]
guardduty.create_members(DetectorId=detector, AccountDetails=details)
guardduty.invite_members(DetectorId=detector, AccountIds=['222233334444'])
hub.create_members(AccountDetails=details)
try:
    guardduty.list_members(DetectorId='x')
    code = None
except guardduty.exceptions.BadRequestException as error:
    code = error.response['Error']['Code']
pages = guardduty.get_paginator('list_members').paginate(DetectorId=detector, OnlyAssociated='false')
print(json.dumps({
    'guardduty': [member['RelationshipStatus'] for page in pages for member in page['Members']],
    'hub': [member['MemberStatus'] for member in hub.list_members(OnlyAssociated=False)['Members']],
    'code': code,
}))`;
    expect(await ask('python3', ['-c', program, url])).toEqual({
      guardduty: ['Invited'],
      hub: ['Created'],
      code: 'BadRequestException',
    });
  });
});
