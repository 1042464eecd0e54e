import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
  Principal?: { AWS: string };
}

/** What the packages of the SDK are called in a policy. */
const SERVICES: Record<string, string> = {
  '@aws-sdk/client-guardduty': 'guardduty',
  '@aws-sdk/client-securityhub': 'securityhub',
  '@aws-sdk/client-sts': 'sts',
};

/** Needs no permission (IAM User Guide): everybody may ask who they are. */
const FREE = 'sts:GetCallerIdentity';

const sources = readdirSync('src/upstream').map((file) => readFileSync(`src/upstream/${file}`, 'utf8'));
const policy = (name: string) =>
  (JSON.parse(readFileSync(`deploy/iam/${name}.json`, 'utf8')) as { Statement: Statement[] }).Statement;
const actionsOf = (statements: Statement[]) => statements.flatMap(({ Action }) => Action).sort();

/** The operations whose commands the code imports, as policies name them. */
function operationsCalled(): string[] {
  const imports = sources.flatMap((source) => [...source.matchAll(/^import \{([^}]*)\} from '([^']+)'/gm)]);
  const called = imports.flatMap(([, names = '', from = '']) => {
    const service = SERVICES[from];
    const commands = [...names.matchAll(/(\w+)Command\b/g)].map(([, operation]) => operation ?? '');
    return service === undefined ? [] : commands.map((operation) => `${service}:${operation}`);
  });
  return [...new Set(called)].sort();
}

describe('the policies of the member-managing role', () => {
  it('allows exactly the operations that the code calls', () => {
    // The gateway's own role assumes this one.
    const called = operationsCalled().filter((action) => action !== FREE && action !== 'sts:AssumeRole');
    expect(called.length).toBeGreaterThanOrEqual(7);
    expect(actionsOf([...policy('member-manager'), ...policy('member-removal')])).toEqual(called);
  });

  it('can be left without the removals, which have a policy of their own', () => {
    const removals = /:(Delete|Disassociate)Members$/;
    expect(actionsOf(policy('member-manager')).filter((action) => removals.test(action))).toEqual([]);
    const isOfPreview = (action: string) => action.endsWith(':DescribeOrganizationConfiguration');
    expect(
      actionsOf(policy('member-removal')).every((action) => removals.test(action) || isOfPreview(action)),
    ).toBe(true);
  });

  it('holds everything to regions, and what knows a resource to that', () => {
    for (const { Effect, Action, Resource, Condition } of [
      ...policy('member-manager'),
      ...policy('member-removal'),
    ]) {
      expect(Effect).toBe('Allow');
      expect(Condition?.['StringEquals']?.['aws:RequestedRegion']).toEqual(expect.any(Array));
      const nameable = actionsOf([{ Effect, Action }]).some((action) => /^guardduty:.*Members$/.test(action));
      expect(Resource).toBe(nameable ? 'arn:aws:guardduty:*:111122223333:detector/*' : '*');
    }
  });
});

describe("the policy of the gateway's role", () => {
  it('allows to assume named roles, and nothing else', () => {
    expect(operationsCalled()).toContain('sts:AssumeRole');
    expect(actionsOf(policy('gateway'))).toEqual(['sts:AssumeRole']);
    for (const { Resource } of policy('gateway')) {
      expect([Resource].flat()).toEqual([expect.stringMatching(/^arn:aws:iam::\d{12}:role\/\w+$/)]);
    }
  });

  it('is trusted by the other role with an external id', () => {
    const [trust, ...others] = policy('member-manager-trust');
    expect(others).toEqual([]);
    expect(trust?.Principal?.AWS).toMatch(/^arn:aws:iam::\d{12}:role\/\w+$/);
    expect(trust?.Condition).toEqual({ StringEquals: { 'sts:ExternalId': expect.any(String) } });
  });
});

it('has no action with a wildcard in any policy', () => {
  for (const file of readdirSync('deploy/iam').filter((name) => name.endsWith('.json'))) {
    expect(actionsOf(policy(file.replace('.json', ''))).filter((action) => action.includes('*'))).toEqual([]);
  }
});
