import { describe, expect, it } from 'vitest';
import { describeAwsNetwork } from '../../src/config/awsNetwork.js';
import { loadConfig } from '../../src/config/loadConfig.js';
import { CA, CA_FILE } from '../support/interception.js';

const networkOf = (environment: Record<string, string>) =>
  loadConfig({ UPSTREAM: 'aws', AWS_REGION: 'eu-west-1', ...environment }).awsNetwork!;

describe('the proxy', () => {
  it.each([
    [{ HTTPS_PROXY: 'http://proxy:3128' }, 'through the proxy http://proxy:3128/'],
    [{ HTTPS_PROXY: 'proxy:3128' }, 'through the proxy http://proxy:3128/'],
    [{ HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:2' }, 'through the proxy http://lower:2/'],
    [{ HTTPS_PROXY: 'http://me:s3cret@proxy:1' }, 'through the proxy http://me:***@proxy:1/'],
    [
      { https_proxy: 'http://a:1', http_proxy: 'http://me:s3cret@b:2', no_proxy: 'db.example.com,.internal' },
      'through the proxy http://a:1/ (http: addresses through http://me:***@b:2/) except for db.example.com,.internal',
    ],
    [{ NO_PROXY: '*' }, 'directly'],
    [{}, 'directly'],
  ])('of %j is told without its password', (environment, words) => {
    expect(describeAwsNetwork(networkOf(environment))).toBe(words);
  });

  it.each([
    [{ HTTPS_PROXY: 'socks5://user:s3cret@proxy:1080' }, 'HTTPS_PROXY', 'the scheme socks5'],
    [{ http_proxy: 'http://us er:s3cret@:x' }, 'http_proxy', 'another text'],
    [{ https_proxy: 'http://user:s3cret%zz@proxy' }, 'https_proxy', 'another text'],
  ])('of %j is a fault that does not repeat the password', (environment, name, got) => {
    expect(() => networkOf(environment)).toThrow(
      `${name}: expected http://host:port or http://user:password@host:port; got ${got}`,
    );
    expect(() => networkOf(environment)).not.toThrow(/s3cret/);
  });
});

describe('AWS_CA_BUNDLE', () => {
  it('is read', () => {
    expect(networkOf({ AWS_CA_BUNDLE: CA_FILE })).toEqual({
      proxies: null,
      caBundle: CA,
      region: 'eu-west-1',
    });
  });

  it.each(['/no/such/file.pem', import.meta.filename])('is a fault when it names %s', (file) => {
    expect(() => networkOf({ AWS_CA_BUNDLE: file })).toThrow(
      /AWS_CA_BUNDLE: expected a file with certificates as PEM; got/,
    );
  });
});

it.each(['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'])('%s is true or false', (name) => {
  for (const value of ['yes', '1', 'TRUE']) {
    expect(() => networkOf({ [name]: value })).toThrow(`${name}: expected true or false, in lower case`);
  }
  expect(networkOf({ [name]: 'true' })).toEqual({ proxies: null, caBundle: null, region: 'eu-west-1' });
});

it('has no effect on the sandbox', () => {
  const environment = {
    HTTPS_PROXY: 'socks5://proxy',
    AWS_CA_BUNDLE: '/no/such',
    AWS_USE_FIPS_ENDPOINT: 'yes',
  };
  expect(loadConfig({ ...environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:4567' }).awsNetwork).toBeNull();
});
