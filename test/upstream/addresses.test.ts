import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkSurroundings } from '../../src/app/surroundings.js';
import { loadConfig } from '../../src/config/loadConfig.js';
import { addressFaults } from '../../src/upstream/addresses.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'addresses-'));
});
beforeEach(() => {
  vi.stubEnv('AWS_CONFIG_FILE', path.join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path.join(folder, 'credentials'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => rm(folder, { recursive: true }));

const REGIONS = ['eu-west-1', 'eu-west-1', 'cn-north-1'];
const faultsOf = async (variables: Record<string, string>) => {
  for (const [name, value] of Object.entries(variables)) {
    vi.stubEnv(name, value);
  }
  return addressFaults(REGIONS);
};

describe('the SDK has an address', () => {
  it.each([
    {},
    { AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' },
    { AWS_ENDPOINT_URL: 'https://aws.example.com' },
  ])('with %j', async (variables) => {
    expect(await faultsOf(variables)).toEqual([]);
  });
});

describe('the SDK has no address', () => {
  const everywhere =
    'GuardDuty in eu-west-1, Security Hub in eu-west-1, STS in eu-west-1, ' +
    'GuardDuty in cn-north-1, Security Hub in cn-north-1, STS in cn-north-1: EndpointError: ' +
    'Invalid Configuration: FIPS and custom endpoint are not supported';

  it('with FIPS and an address of its own in variables', async () => {
    const variables = { AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL: 'https://aws.example.com' };
    expect(await faultsOf(variables)).toEqual([everywhere]);
  });

  it('with both in the AWS configuration file', async () => {
    const file = path.join(folder, 'both');
    await writeFile(file, '[default]\nuse_fips_endpoint = true\nendpoint_url = https://aws.example.com\n');
    expect(await faultsOf({ AWS_CONFIG_FILE: file })).toEqual([everywhere]);
  });

  it('which ends the start with a fault of the configuration', async () => {
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
    vi.stubEnv('AWS_ENDPOINT_URL', 'https://aws.example.com');
    const DATABASE_URL = 'postgresql://127.0.0.1/db';
    const config = loadConfig({ UPSTREAM: 'aws', AWS_REGION: 'eu-west-1', PORT: '0', DATABASE_URL });
    await expect(checkSurroundings(config)).rejects.toMatchObject({
      code: 'BAD_CONFIGURATION',
      message: expect.stringMatching(
        /^the AWS SDK has no address for GuardDuty in eu-west-1, .* not supported; expected FIPS/,
      ) as string,
    });
  });

  it('with dual-stack in a profile, and an address of one service in a variable', async () => {
    const file = path.join(folder, 'profile');
    await writeFile(file, '[profile work]\nuse_dualstack_endpoint = true\n');
    const variables = {
      AWS_CONFIG_FILE: file,
      AWS_PROFILE: 'work',
      AWS_ENDPOINT_URL_STS: 'https://sts.example.com',
    };
    expect(await faultsOf(variables)).toEqual([
      'STS in eu-west-1, STS in cn-north-1: EndpointError: Invalid Configuration: Dualstack and custom endpoint are not supported',
    ]);
  });

  it('in a region that is no part of a host name', async () => {
    expect(await addressFaults(['eu_west_1!'])).toEqual([
      expect.stringContaining('Region not accepted: region="eu_west_1!"'),
    ]);
  });
});
