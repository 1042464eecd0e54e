import { CreateMembersCommand, DescribeHubCommand, GetMembersCommand } from '@aws-sdk/client-securityhub';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/faults/fault.js';
import type { CallOutcome } from '../../sandbox/calls/callLog.js';
import { ACCOUNT, refusalOf, startSandbox } from './clients.js';

const [A, B] = ['222233334444', '333344445555'] as const;
const create = (...ids: string[]) =>
  new CreateMembersCommand({ AccountDetails: ids.map((AccountId) => ({ AccountId })) });

interface Expected {
  fault: Fault;
  /** What the caller sees, in the words of the SDK. */
  name: string;
  httpStatus: number | null;
  outcome: CallOutcome;
  errorType: string | null;
}

const refused = (fault: Fault, name: string, httpStatus: number): Expected => ({
  fault,
  name,
  httpStatus,
  outcome: 'refused',
  errorType: name,
});

const FAULTS: Expected[] = [
  refused('throttle', 'LimitExceededException', 429),
  refused('quota', 'LimitExceededException', 429),
  refused('internal-error', 'InternalException', 500),
  refused('access-denied', 'AccessDeniedException', 403),
  refused('not-enabled', 'InvalidAccessException', 401),
  refused('region-disabled', 'RegionDisabledException', 403),
  refused('not-administrator', 'InvalidAccessException', 401),
  refused('bad-input', 'InvalidInputException', 400),
  { fault: 'html-502', name: 'SyntaxError', httpStatus: 502, outcome: 'refused', errorType: null },
  {
    fault: 'reset-before',
    name: 'TimeoutError',
    httpStatus: null,
    outcome: 'dropped-before',
    errorType: null,
  },
  {
    fault: 'hang-before',
    name: 'TimeoutError',
    httpStatus: null,
    outcome: 'dropped-before',
    errorType: null,
  },
  { fault: 'reset-after', name: 'TimeoutError', httpStatus: null, outcome: 'dropped-after', errorType: null },
  { fault: 'hang-after', name: 'TimeoutError', httpStatus: null, outcome: 'dropped-after', errorType: null },
  { fault: 'cut-body', name: 'Error', httpStatus: 200, outcome: 'dropped-after', errorType: null },
];

describe('fault rules', () => {
  it.each(FAULTS)(
    '$fault: the caller sees $name, the log $outcome',
    async ({ fault, name, httpStatus, outcome, errorType }) => {
      const { securityHub, control } = await startSandbox();
      await control.change('PUT', 'faults', [{ match: { operation: 'CreateMembers' }, fault }]);
      const client = securityHub(fault.startsWith('hang') ? { requestTimeout: 1_000 } : {});
      expect((await refusalOf(client.send(create(A)))).name).toBe(name);
      expect(await control.calls()).toMatchObject([
        { operation: 'CreateMembers', accountIds: [A], httpStatus, outcome, errorType },
      ]);
      const { Members } = await securityHub().send(new GetMembersCommand({ AccountIds: [A] }));
      expect(Members).toHaveLength(outcome === 'dropped-after' ? 1 : 0);
    },
  );

  it('slow: the answer comes late and complete', async () => {
    const { securityHub, control } = await startSandbox();
    await control.change('PUT', 'faults', [{ match: {}, fault: 'slow', ms: 50 }]);
    await securityHub().send(create(A));
    const [call] = await control.calls();
    expect(call?.outcome).toBe('applied');
    expect(call!.answeredAt! - call!.receivedAt).toBeGreaterThanOrEqual(49);
  });

  it('apply only to the calls that match', async () => {
    const { securityHub, guardDuty, control } = await startSandbox();
    const matches = [
      { service: 'guardduty' },
      { region: 'eu-west-1' },
      { account: B },
      { operation: 'GetMembers' },
      { accountId: B },
    ];
    await control.change(
      'PUT',
      'faults',
      matches.map((match) => ({ match, fault: 'internal-error' })),
    );
    expect((await securityHub().send(create(A))).UnprocessedAccounts).toEqual([]);
    const struck = [
      guardDuty().send(new ListDetectorsCommand({})),
      securityHub({ region: 'eu-west-1' }).send(new DescribeHubCommand({})),
      securityHub({ account: B }).send(new DescribeHubCommand({})),
      securityHub().send(new GetMembersCommand({ AccountIds: [A] })),
      securityHub().send(create(A, B)),
    ];
    expect((await Promise.all(struck.map(refusalOf))).map(({ status }) => status)).toEqual([
      500, 500, 500, 500, 500,
    ]);
    const { faults } = await control.read<{ faults: { hits: number }[] }>('faults');
    expect(faults.map(({ hits }) => hits)).toEqual([1, 1, 1, 1, 1]);
  });

  it('end after the given number of calls', async () => {
    const { securityHub, control } = await startSandbox();
    await control.change('PUT', 'faults', [{ match: {}, fault: 'internal-error', times: 2 }]);
    const ask = () => securityHub().send(new DescribeHubCommand({}));
    await refusalOf(ask());
    await refusalOf(ask());
    expect((await ask()).HubArn).toContain(ACCOUNT);
  });

  it('apply with a probability, to the same calls for the same seed', async () => {
    const { securityHub, control } = await startSandbox();
    const client = securityHub();
    const run = async (seed: number): Promise<string> => {
      await control.change('PUT', 'faults', [{ match: {}, fault: 'internal-error', probability: 0.5, seed }]);
      const marks: string[] = [];
      for (let i = 0; i < 40; i++) {
        marks.push(
          await client.send(new DescribeHubCommand({})).then(
            () => '.',
            () => 'x',
          ),
        );
      }
      return marks.join('');
    };
    const first = await run(7);
    expect(first).toMatch(/x/);
    expect(first).toMatch(/\./);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
  });

  it('apply to STS too', async () => {
    const { sts, control } = await startSandbox();
    await control.change('PUT', 'faults', [{ match: { service: 'sts' }, fault: 'internal-error', times: 1 }]);
    expect(await refusalOf(sts().send(new GetCallerIdentityCommand({})))).toMatchObject({
      name: 'InternalFailure',
      status: 500,
    });
    expect((await sts().send(new GetCallerIdentityCommand({}))).Account).toBe(ACCOUNT);
  });
});
