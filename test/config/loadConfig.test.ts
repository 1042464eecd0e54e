import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/loadConfig.js';

/** The message of the error that these variables make. */
function faultsOf(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
  } catch (error) {
    expect(error).toMatchObject({ name: 'GatewayError', code: 'BAD_CONFIGURATION' });
    return (error as Error).message;
  }
  return expect.fail('the configuration was accepted');
}

describe('the configuration', () => {
  it('uses the sandbox on this machine when no variable is set', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      idempotencyHours: 168,
      followUpWaits: [60, 300, 900, 3_600, 21_600, 86_400],
      invitationLandsWithinMs: 10_000,
      port: 4000,
      publicUrl: null,
      database: null,
      dataDir: path.resolve('.data'),
      upstream: 'sandbox',
      endpoint: null,
      awsNetwork: null,
      signInNetwork: null,
      tracing: false,
      administrators: null,
      administratorLines: new Map(),
      defaultRegions: ['us-east-1', 'eu-west-1'],
      maxAccountsPerRequest: 10_000,
      callsInFlightPerLane: 10,
      rates: { GUARDDUTY: { perSecond: 5, burst: 10 }, SECURITY_HUB: { perSecond: 10, burst: 30 } },
      removalSharePercent: 10,
      inventoryIntervalMinutes: null,
      retention: { recordMonths: null, emailDays: null },
      logLevel: 'info',
      access: {
        credentials: null,
        introspection: 'on',
        corsOrigins: [],
        trustedProxies: [],
        maxConnections: 2_000,
        limits: {
          bodyBytes: 4_194_304,
          tokens: 100_000,
          depth: 15,
          fields: 1_000,
          aliases: 50,
          directives: 50,
          complexity: 50_000,
          streams: 100,
          timeoutSeconds: 30,
        },
        budget: { points: 2_000_000, windowSeconds: 60 },
        trustedDocuments: { mode: 'off', file: null },
      },
    });
  });

  it('accepts retention times that are whole numbers of at least 1', () => {
    expect(loadConfig({ RECORD_RETENTION_MONTHS: '13', EMAIL_RETENTION_DAYS: '30' }).retention).toEqual({
      recordMonths: 13,
      emailDays: 30,
    });
    expect(faultsOf({ RECORD_RETENTION_MONTHS: '0', EMAIL_RETENTION_DAYS: 'x' })).toMatch(
      /RECORD_RETENTION_MONTHS[^]*EMAIL_RETENTION_DAYS/,
    );
  });

  it('observes all members at an interval only when it is set, of at most one month', () => {
    expect(loadConfig({ INVENTORY_INTERVAL_MINUTES: '90' }).inventoryIntervalMinutes).toBe(90);
    for (const minutes of ['0', '1.5', '44641']) {
      expect(faultsOf({ INVENTORY_INTERVAL_MINUTES: minutes })).toContain('INVENTORY_INTERVAL_MINUTES: ');
    }
  });

  it('treats an empty variable as not set', () => {
    expect(loadConfig({ DATABASE_URL: '', PORT: '' })).toMatchObject({ database: null, port: 4000 });
  });

  it('reads the endpoint of a sandbox, and leaves the endpoints of AWS to the SDK', () => {
    const AWS_ENDPOINT_URL = 'http://127.0.0.1:4567';
    expect(loadConfig({ AWS_ENDPOINT_URL }).endpoint).toBe(AWS_ENDPOINT_URL);
    const aws = loadConfig({ AWS_ENDPOINT_URL, UPSTREAM: 'aws', AWS_REGION: 'eu-west-1' });
    expect(aws).toMatchObject({ endpoint: null, defaultRegions: ['eu-west-1'] });
  });

  it('reports every fault at once, and repeats no value', () => {
    const words = faultsOf({
      PORT: 'secret',
      DATABASE_URL: 'mysql://user:secret@host/db',
      MAX_ACCOUNTS_PER_REQUEST: '10001',
    });
    expect(words).toMatch(/^PORT: .*\nDATABASE_URL: .*\nMAX_ACCOUNTS_PER_REQUEST: .*$/);
    expect(words).not.toContain('secret');
  });

  it.each([
    [{ HOST: '0.0.0.0' }, 'HOST: expected a loopback address'],
    [{ HOST: '0.0.0.0', AUTH_MODE: 'none' }, 'HOST: expected a loopback address'],
    [{ AUTH_MODE: 'token,none' }, 'AUTH_MODE: expected none, or token and oidc'],
    [{ AUTH_MODE: 'oidc' }, 'OIDC_ISSUER: expected with AUTH_MODE oidc\nOIDC_AUDIENCE: expected'],
    [{ AUTH_MODE: 'oidc', OIDC_ISSUER: 'http://login.example.com' }, 'OIDC_ISSUER: expected https'],
    [{ OIDC_CLOCK_TOLERANCE_SECONDS: '61' }, 'OIDC_CLOCK_TOLERANCE_SECONDS: '],
    [{ OIDC_ROLE_NAMES: 'viewer,admin' }, 'OIDC_ROLE_NAMES: expected three words'],
    [{ CORS_ORIGINS: 'https://portal.example.com/' }, 'CORS_ORIGINS.0: expected origins such as'],
    [{ TRUSTED_PROXIES: 'everybody' }, 'TRUSTED_PROXIES.0: '],
    [{ PUBLIC_URL: 'tools.example.com/members' }, 'PUBLIC_URL: expected an http or https URL'],
    [{ PUBLIC_URL: 'https://a/?b' }, 'PUBLIC_URL: expected an http or https URL'],
    [{ PUBLIC_URL: 'https://a/graphql/' }, 'PUBLIC_URL: expected a path that begins otherwise'],
    [
      { PUBLIC_URL: 'https://tools.example.com/members/' },
      'PUBLIC_URL: expected with AUTH_MODE token or oidc',
    ],
    [{ TRUSTED_DOCUMENTS: 'enforce' }, 'TRUSTED_DOCUMENTS_FILE: expected'],
    [
      { UPSTREAM: 'aws' },
      'AWS_REGION: expected the region of the administrator `default`, or ADMINISTRATORS_FILE',
    ],
    [{ ADMINISTRATORS_FILE: '/nowhere.yaml' }, 'ADMINISTRATORS_FILE: cannot be read'],
  ])('refuses %j', (environment, words) => {
    expect(faultsOf(environment)).toContain(words);
  });

  it('requires database, upstream and authentication in production', () => {
    const words = faultsOf({ NODE_ENV: 'production' });
    for (const name of ['DATABASE_URL', 'UPSTREAM', 'AUTH_MODE']) {
      expect(words).toContain(`${name}: expected`);
    }
    const production = {
      NODE_ENV: 'production',
      UPSTREAM: 'aws',
      AUTH_MODE: 'none',
      AWS_REGION: 'eu-west-1',
    };
    expect(loadConfig({ ...production, DATABASE_URL: 'postgresql://host/db' }).upstream).toBe('aws');
  });
});
