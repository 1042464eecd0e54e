import { describe, expect, it } from 'vitest';
import { LOCAL_CALLER, type Administrator, type Caller } from '../../../src/membership.js';
import { checkTargets } from '../../../src/services/input/checkTargets.js';
import type { RequestOptions } from '../../../src/services/input/requestOptions.js';

const security: Administrator = {
  id: 'security',
  accountId: '111122223333',
  roleArn: null,
  externalId: null,
  profile: null,
  services: ['GUARDDUTY', 'SECURITY_HUB'],
  regions: ['eu-west-1', 'us-east-1'],
  detectorIds: {},
};
const hubOnly: Administrator = { ...security, id: 'hub', services: ['SECURITY_HUB'] };

function check(options: RequestOptions, caller: Caller = LOCAL_CALLER, all = [security]) {
  return checkTargets(all, caller, options);
}

describe('checkTargets', () => {
  it('means every service and region of the only administrator when nothing is said', () => {
    expect(check({}).targets).toEqual({
      administrator: security,
      addresses: [
        { administrator: 'security', service: 'GUARDDUTY', region: 'eu-west-1' },
        { administrator: 'security', service: 'GUARDDUTY', region: 'us-east-1' },
        { administrator: 'security', service: 'SECURITY_HUB', region: 'eu-west-1' },
        { administrator: 'security', service: 'SECURITY_HUB', region: 'us-east-1' },
      ],
      detectorId: null,
    });
  });

  it('takes a service and a region named twice once', () => {
    const { targets } = check({ services: ['GUARDDUTY', 'GUARDDUTY'], regions: ['us-east-1', 'us-east-1'] });
    expect(targets?.addresses).toEqual([
      { administrator: 'security', service: 'GUARDDUTY', region: 'us-east-1' },
    ]);
  });

  it('sees only the administrators granted: another one is unknown, and the only one granted is the default', () => {
    const caller: Caller = { ...LOCAL_CALLER, administrators: ['hub'] };
    expect(check({ administrator: 'security' }, caller, [security, hubOnly]).faults).toEqual([
      {
        path: ['input', 'administrator'],
        code: 'UNKNOWN_ADMINISTRATOR',
        message: 'expected one of the configured administrators (hub), got "security"',
      },
    ]);
    expect(check({}, caller, [security, hubOnly]).targets?.administrator).toBe(hubOnly);
  });

  it.each<[string, RequestOptions, { path: string; code: string }, string]>([
    [
      'no administrator among several',
      {},
      { path: 'input.administrator', code: 'UNKNOWN_ADMINISTRATOR' },
      'got none',
    ],
    [
      'an unknown administrator',
      { administrator: 'nobody' },
      { path: 'input.administrator', code: 'UNKNOWN_ADMINISTRATOR' },
      'got "nobody"',
    ],
    [
      'a service that is not configured',
      { administrator: 'hub', services: ['GUARDDUTY'] },
      { path: 'input.services', code: 'INVALID_INPUT' },
      'expected one of the configured services (SECURITY_HUB), got "GUARDDUTY"',
    ],
    [
      'no services',
      { administrator: 'hub', services: [] },
      { path: 'input.services', code: 'INVALID_INPUT' },
      'got an empty list',
    ],
    [
      'no regions',
      { administrator: 'hub', regions: [] },
      { path: 'input.regions', code: 'INVALID_INPUT' },
      'got an empty list',
    ],
    [
      'an unknown region',
      { administrator: 'hub', regions: ['eu-west-1', 'mars-1'] },
      { path: 'input.regions', code: 'UNKNOWN_REGION' },
      'got "mars-1"',
    ],
    [
      'a detector without GuardDuty',
      { administrator: 'hub', regions: ['eu-west-1'], detectorId: 'd' },
      { path: 'input.detectorId', code: 'INVALID_INPUT' },
      'GUARDDUTY is not among',
    ],
    [
      'a detector for two regions',
      { administrator: 'security', detectorId: 'd' },
      { path: 'input.detectorId', code: 'INVALID_INPUT' },
      'got 2',
    ],
    [
      'an empty detector',
      { administrator: 'security', regions: ['eu-west-1'], detectorId: '' },
      { path: 'input.detectorId', code: 'INVALID_INPUT' },
      '1 to 300',
    ],
  ])('refuses %s', (_what, options, { path, code }, words) => {
    const { targets, faults } = check(options, LOCAL_CALLER, [security, hubOnly]);
    expect(targets).toBeNull();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ path: path.split('.'), code });
    expect(faults[0]?.message).toContain(words);
  });
});
