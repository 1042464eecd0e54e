import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

/* The templates are the policies of deploy/iam with parameters in the places of its example values. */

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

interface Template {
  readonly Parameters: Record<string, object>;
  readonly Conditions: Record<string, Json>;
  readonly Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, Json> }>;
  readonly Outputs: Record<string, Json>;
}

const read = (name: string) => parse(readFileSync(`deploy/cloudformation/${name}.yaml`, 'utf8')) as Template;
const policy = (name: string) => JSON.parse(readFileSync(`deploy/iam/${name}.json`, 'utf8')) as Json;

/** The example values of deploy/iam. */
const VALUES: Record<string, Json> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '111122223333',
  GatewayRoleArn: 'arn:aws:iam::444455556666:role/MembershipGatewayTask',
  ExternalId: 'sesame',
  Regions: ['eu-west-1', 'us-east-1'],
  AdministratorRoleArns: 'arn:aws:iam::111122223333:role/MembershipGateway',
};

/** Replaces Ref and Fn::Sub by the example values. */
function resolve(value: Json | undefined): Json {
  if (Array.isArray(value)) {
    return value.map(resolve);
  }
  if (typeof value !== 'object' || value === null) {
    return value ?? null;
  }
  const { Ref: name, 'Fn::Sub': text } = value;
  if (typeof name === 'string') {
    return VALUES[name] ?? expect.fail(`no example value of ${name}`);
  }
  if (typeof text === 'string') {
    return text.replaceAll(/\$\{([^}]+)\}/g, (_whole, key: string) => VALUES[key] as string);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one)]));
}

/** The names in Ref, Fn::Sub and Condition that a template uses. */
function namesUsed(value: Json): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(namesUsed);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, one]) => {
    if (key === 'Ref' && typeof one === 'string') {
      return [one];
    }
    if (key === 'Fn::Sub' && typeof one === 'string') {
      return [...one.matchAll(/\$\{([^}]+)\}/g)].map(([, name = '']) => name);
    }
    return namesUsed(one);
  });
}

describe.each(['gateway-role', 'member-manager-role'])('deploy/cloudformation/%s.yaml', (name) => {
  const template = read(name);

  it('refers only to what it has, and uses every parameter', () => {
    const used = new Set(namesUsed(template as unknown as Json).filter((one) => !one.startsWith('AWS::')));
    const declared = new Set([...Object.keys(template.Parameters), ...Object.keys(template.Resources)]);
    expect([...used].filter((one) => !declared.has(one))).toEqual([]);
    expect(Object.keys(template.Parameters).filter((one) => !used.has(one))).toEqual([]);
  });

  it('names no partition and no account', () => {
    const text = JSON.stringify(template.Resources);
    expect(text).not.toMatch(/arn:aws[:-]/);
    expect(text).not.toMatch(/\d{12}/);
  });
});

it('the role of the administrators has the policies of deploy/iam', () => {
  const { Role, Removals } = read('member-manager-role').Resources;
  const { AssumeRolePolicyDocument, Policies } = Role?.Properties ?? {};
  expect(resolve(AssumeRolePolicyDocument)).toEqual(policy('member-manager-trust'));
  expect(resolve(Policies)).toEqual([
    { PolicyName: 'member-manager', PolicyDocument: policy('member-manager') },
  ]);
  expect(resolve(Removals?.Properties['PolicyDocument'])).toEqual(policy('member-removal'));
});

it('the role of the gateway has the policy of deploy/iam, and a trust for each platform', () => {
  const { Policies, AssumeRolePolicyDocument } = read('gateway-role').Resources['Role']?.Properties ?? {};
  expect(resolve(Policies)).toEqual([
    { PolicyName: 'become-the-administrators', PolicyDocument: policy('gateway') },
  ]);
  const text = JSON.stringify(AssumeRolePolicyDocument);
  for (const principal of ['ecs-tasks.amazonaws.com', 'pods.eks.amazonaws.com', 'oidc-provider/']) {
    expect(text).toContain(principal);
  }
});
