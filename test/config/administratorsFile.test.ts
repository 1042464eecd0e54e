import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAdministratorsFile } from '../../src/config/administratorsFile.js';
import { loadConfig } from '../../src/config/loadConfig.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gateway-administrators-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(yaml: string) {
  const file = path.join(folder, 'administrators.yaml');
  await writeFile(file, yaml);
  const faults: string[] = [];
  const { administrators, administratorLines: lines } = readAdministratorsFile(file, faults);
  return {
    administrators,
    lines,
    faults: faults.map((fault) => fault.replace(/^ADMINISTRATORS_FILE: /, '')),
  };
}

/** An administrator on one line, with these changes. */
const one = (changes: Record<string, unknown> = {}) =>
  JSON.stringify({
    id: 'hub',
    accountId: '111122223333',
    services: ['SECURITY_HUB'],
    regions: ['eu-west-1'],
    ...changes,
  });
const file = (...administrators: string[]) =>
  ['administrators:', ...administrators.map((administrator) => `  - ${administrator}`)].join('\n');

describe('the administrators file', () => {
  it('is read with its defaults', async () => {
    const { administrators, lines, faults } = await read(`
administrators:
  - id: security
    accountId: "011122223333"
    roleArn: arn:aws:iam::011122223333:role/MembershipGateway
    externalId: sesame
    services: [GUARDDUTY, SECURITY_HUB]
    regions: &regions [eu-west-1, us-east-1]
    detectorIds: { eu-west-1: 12abc34d567e8fa901bc2d34e56789f0 }
  - { id: hub, accountId: "111122223333", services: [SECURITY_HUB], regions: *regions }
`);
    expect(faults).toEqual([]);
    expect([...lines]).toEqual([
      ['security', 4],
      ['hub', 10],
    ]);
    expect(administrators).toEqual([
      {
        id: 'security',
        accountId: '011122223333',
        roleArn: 'arn:aws:iam::011122223333:role/MembershipGateway',
        externalId: 'sesame',
        profile: null,
        services: ['GUARDDUTY', 'SECURITY_HUB'],
        regions: ['eu-west-1', 'us-east-1'],
        detectorIds: { 'eu-west-1': '12abc34d567e8fa901bc2d34e56789f0' },
      },
      {
        id: 'hub',
        accountId: '111122223333',
        roleArn: null,
        externalId: null,
        profile: null,
        services: ['SECURITY_HUB'],
        regions: ['eu-west-1', 'us-east-1'],
        detectorIds: {},
      },
    ]);
  });

  it('shows all its faults at once, by line, with the remedy', async () => {
    const { administrators, faults } = await read(`administrators:
  - id: security
    accountId: 011122223333
    roleArn: arn:aws-cn:iam::011122223333:role/MembershipGateway
    services: [GUARDUTY, SECURITY_HUB]
    regions:
      - eu-west-1
      - us-esat-1
      - eu-west-1
    detectorIds:
      eu-west-2: 12abc34d567e8fa901bc2d34e56789f0
  - id: hub
    acountId: "111122223333"
    externalId: 12
    services: []
    regions: [Europe]
`);
    expect(administrators).toBeNull();
    expect(faults).toEqual([
      'line 3: accountId: expected 12 digits in quotes; got 011122223333 without quotes; quote it: "011122223333"',
      'line 4: roleArn: expected arn:aws:…, the partition of eu-west-1; got arn:aws-cn:…',
      'line 5: services: expected GUARDDUTY or SECURITY_HUB; got "GUARDUTY"; did you mean GUARDDUTY?',
      'line 8: regions: expected an AWS region, such as eu-west-1; got "us-esat-1"; did you mean us-east-1?',
      'line 9: regions: "eu-west-1" is in line 7 already; remove one of them',
      'line 11: detectorIds: eu-west-2 is not in regions; add it there, or remove it here',
      'line 12: accountId: expected in every administrator; got nothing',
      'line 13: an administrator: expected one of id, accountId, services, regions, roleArn, externalId, profile, detectorIds; got the key "acountId"; did you mean accountId?',
      'line 14: externalId: expected 2 to 1224 characters; got another value; quote it',
      'line 15: services: expected a list; got an empty one',
      'line 16: regions: expected an AWS region, such as eu-west-1; got "Europe"',
    ]);
  });

  it('is a fault of the configuration, beside the faults of the variables', async () => {
    const ADMINISTRATORS_FILE = path.join(folder, 'administrators.yaml');
    await writeFile(ADMINISTRATORS_FILE, file(one({ id: 'a b' })));
    expect(() => loadConfig({ ADMINISTRATORS_FILE, AUTH_MODE: 'token,none' })).toThrow(
      /^AUTH_MODE: [^\n]*\nADMINISTRATORS_FILE: line 2: id: expected [^\n]*; got "a b"$/,
    );
  });

  it.each([
    [
      file(one({ accountId: 11_122_223_333 })),
      'line 2: accountId: expected 12 digits in quotes; got 11122223333 without quotes; it has 11 digits: put the leading zeros back, and quote it: "011122223333"',
    ],
    [file(one({ services: ['SECURITY_HUB', 'SECURITY_HUB'] })), '"SECURITY_HUB" is in line 2 already'],
    [file(one({ regions: ['EU-WEST-1'] })), 'got "EU-WEST-1"; did you mean eu-west-1?'],
    [file(one({ regions: ['eu-west-1a'] })), 'got "eu-west-1a"; did you mean eu-west-1?'],
    [file(one({ regions: 'eu-west-1' })), 'line 2: regions: expected a list; got "eu-west-1"'],
    [file(one({ profile: 12 })), 'got 12 without quotes; quote it: "12"'],
    [file(one({ roleArn: null })), 'line 2: roleArn: expected the ARN of a role'],
    [file(one({ externalId: 'sesame' })), 'line 2: externalId: expected with a roleArn only'],
    [
      file(one({ regions: ['eu-west-1', 'us-gov-west-1'] })),
      'regions: us-gov-west-1 is in the partition aws-us-gov, and eu-west-1 in aws; make two administrators',
    ],
    [
      file(one({ roleArn: 'arn:aws:iam::444455556666:role/Gateway' })),
      'line 2: roleArn: expected a role of the account 111122223333, the accountId in line 2; got one of 444455556666',
    ],
    [file('hub'), 'line 2: an administrator: expected a map with id, accountId,'],
    ['', 'line 1: the file: expected a map with administrators; got nothing'],
    ['administrators: []', 'line 1: administrators: expected a list; got an empty one'],
    ['administrator: []', 'got the key "administrator"; did you mean administrators?'],
    ['administrators:\n  - id: hub\n    id: hub', 'line 3: a key is there twice; remove one of them'],
    ['administrators:\n  - id: "hub', 'line 2: not YAML: '],
  ])('refuses %j', async (yaml, fault) => {
    const { administrators, faults } = await read(yaml);
    expect(administrators).toBeNull();
    expect(faults.join('\n')).toContain(fault);
  });

  it('never repeats an external id, nor the value of an unknown key', async () => {
    const { faults } = await read(file(one({ externalId: 123_456, secret: 'hidden' })));
    expect(faults).toHaveLength(2);
    expect(faults.join('\n')).not.toMatch(/123456|hidden/);
  });

  it('accepts a region that is newer than the gateway, when AWS could name it so', async () => {
    expect((await read(file(one({ regions: ['ap-southeast-9'] })))).faults).toEqual([]);
  });
});

describe('two administrators of the file', () => {
  it('have different ids', async () => {
    const { faults } = await read(file(one(), one({ accountId: '444455556666' })));
    expect(faults).toEqual([
      'line 3: id: two administrators have the id hub, the other in line 2; rename one',
    ]);
  });

  it('never have the same account, service and region', async () => {
    const both = { services: ['GUARDDUTY', 'SECURITY_HUB'] };
    const { faults } = await read(
      file(one(both), one({ ...both, id: 'other', regions: ['us-east-1', 'eu-west-1'] })),
    );
    expect(faults).toEqual([
      'line 3: regions: GUARDDUTY and SECURITY_HUB in eu-west-1 of the account 111122223333 belongs to administrator hub (line 2) already; remove it from one of the two',
    ]);
    const apart = one({ id: 'other', services: ['GUARDDUTY'] });
    expect((await read(file(one(), apart))).faults).toEqual([]);
  });

  it('are in different partitions only with credentials of their own', async () => {
    const china = { id: 'china', accountId: '444455556666', regions: ['cn-north-1'] };
    expect((await read(file(one(), one(china)))).faults).toEqual([
      'line 3: regions: cn-north-1 is in the partition aws-cn, and administrator hub (line 2), which shares the credentials of the process, in aws; give one of the two a profile of its own',
    ]);
    expect((await read(file(one({ profile: 'p' }), one({ ...china, profile: 'p' })))).faults).toEqual([
      expect.stringContaining('which shares the profile p, in aws'),
    ]);
    const { administrators } = await read(file(one(), one({ ...china, profile: 'china' })));
    expect(administrators).toMatchObject([{ profile: null }, { profile: 'china' }]);
  });
});
