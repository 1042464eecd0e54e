import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';
import { createMgwRunner, jsonLines, type MgwRunner } from './mgwProcess.js';

let gateway: TestGateway;
let mgw: MgwRunner;
/** No two tests use the same accounts. */
let next = 0;

beforeAll(async () => {
  gateway = await startGateway({ environment: { AUTH_MODE: 'token', REMOVAL_SHARE_PERCENT: '100' } });
  const token = await gateway.token('tests', 'ADMIN');
  mgw = await createMgwRunner({ MGW_URL: `${gateway.url}/graphql`, MGW_TOKEN: token });
});
afterAll(async () => {
  await mgw[Symbol.asyncDispose]();
  await gateway.stop();
});
beforeEach(() => gateway.sandbox.clearLog());

/** A file of new accounts, with a header. */
async function fileOf(name: string, count: number): Promise<string[]> {
  const list = accounts(count, (next += 1_000));
  await writeFile(
    path.join(mgw.folder, name),
    `AccountId,Email\n${list.map(({ accountId, email }) => `${accountId},${email}\n`).join('')}`,
  );
  return list.map(({ accountId }) => accountId);
}

const ONE_TARGET = ['-s', 'guardduty', '-r', 'us-east-1'];

describe('mgw create', () => {
  it('adds accounts; data is on standard output, everything else on standard error', async () => {
    await fileOf('new.csv', 3);
    const { status, stdout, stderr } = await mgw.run(['create', 'new.csv', '--note', 'T-1']);
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^SERVICE +REGION/),
    });
    expect(stderr).toMatch(/^request_\S+ recorded\nrequest_\S+ SUCCEEDED: 12 of 12 processed\n$/);
    expect(await mgw.run(['create', 'new.csv', '--quiet', '--accept', 'ALREADY_MEMBER'])).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('says by its exit status whether all, some or none were processed', async () => {
    const [first = ''] = await fileOf('some.csv', 2);
    expect(
      await mgw.run(['create', ...ONE_TARGET, '--account', `${first},account@example.com`]),
    ).toMatchObject({ status: 0 });
    const some = await mgw.run(['create', ...ONE_TARGET, 'some.csv', '--json']);
    const lines = jsonLines(some.stdout);
    expect({ status: some.status, lines }).toMatchObject({
      status: 3,
      lines: [
        {
          type: 'request',
          status: 'PARTIALLY_SUCCEEDED',
          counts: { total: 2, processed: 1, unprocessed: 1 },
        },
        {
          type: 'outcome',
          accountId: first,
          service: 'GUARDDUTY',
          status: 'UNPROCESSED',
          reasonCode: 'ALREADY_MEMBER',
        },
      ],
    });
    const none = await mgw.run(['create', ...ONE_TARGET, 'some.csv', '--csv']);
    expect(none.status).toBe(1);
    expect(none.stdout.split('\r\n')).toHaveLength(4);
    const id = String(lines[0]?.['id']);
    expect(await mgw.run(['watch', id, '--accept', 'already-member'])).toMatchObject({ status: 0 });
    expect(await mgw.run(['request', 'show', id])).toMatchObject({ status: 3 });
  });

  it("sends nothing if the input has a fault, its own or the gateway's, and names file and row", async () => {
    await writeFile(path.join(mgw.folder, 'bad.csv'), '# ours\nEmail;Account ID\n;12345678901\n');
    expect(await mgw.run(['create', 'bad.csv'])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(
        'mgw: bad.csv, row 3, column 2 (Account ID): expected an account id of 12 digits',
      ),
    });
    const missing = await mgw.run(['create', '-'], { stdin: '\n111122223333\n' });
    expect(missing).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /standard input, row 2, email: .*\(EMAIL_REQUIRED\)\nmgw: the gateway recorded nothing/,
      ),
    });
    expect(await gateway.sandbox.calls('CreateMembers')).toEqual([]);
  });

  it('shows with --dry-run what would happen', async () => {
    const ids = await fileOf('plan.csv', 2);
    const { status, stdout } = await mgw.run(['create', ...ONE_TARGET, 'plan.csv', '--dry-run', '--json']);
    expect(status).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([
      { type: 'plan', calls: 1 },
      ...ids.map((accountId) => ({ type: 'plannedAccount', accountId, verdict: 'WOULD_CREATE' })),
    ]);
    expect(await gateway.sandbox.calls('CreateMembers')).toEqual([]);
  });
});

describe('mgw invite', () => {
  it('hands on the message, that GuardDuty sends no e-mail, and for how long to look', async () => {
    const [first = '', second = ''] = await fileOf('invited.csv', 2);
    await mgw.run(['create', ...ONE_TARGET, 'invited.csv']);
    const invite = (accountId: string, ...flags: string[]) =>
      mgw.run(['invite', ...ONE_TARGET, '--account', accountId, ...flags]);
    const results = await Promise.all([
      invite(first, '--message', 'See T-7', '--follow-up', '--follow-up-days', '2'),
      invite(second, '--no-email'),
      invite(second, '--follow-up', '--follow-up-days', '31'),
    ]);
    expect(results.map(({ status }) => status)).toEqual([0, 0, 2]);
    const mails = (await gateway.sandbox.mails()).filter(({ accountId }) =>
      [first, second].includes(accountId),
    );
    expect(mails.sort((one, other) => (one.accountId < other.accountId ? -1 : 1))).toMatchObject([
      { accountId: first, message: 'See T-7', emailDisabled: false },
      { accountId: second, message: null, emailDisabled: true },
    ]);
    const followed = await gateway.database.prisma.followUp.findMany();
    const days = followed.map(({ until }) => (until.getTime() - Date.now()) / 86_400_000);
    expect(days).toEqual([expect.closeTo(2, 1)]);
  });
});

describe('a request that takes its time', () => {
  it('goes on after Ctrl-C, which says how to watch it again; --resume sends nothing twice', async () => {
    await fileOf('slow.csv', 1);
    await gateway.sandbox.put('latency', { ms: 2_000 });
    const { child, ended } = mgw.start(['create', ...ONE_TARGET, 'slow.csv']);
    child.stderr?.on('data', (text) => {
      if (String(text).includes('recorded')) {
        child.kill('SIGINT');
      }
    });
    const { status, stderr } = await ended;
    const id = /mgw watch (request_\S+)/.exec(stderr)?.[1] ?? '';
    expect({ status, id }).toEqual({ status: 130, id: expect.stringMatching(/^request_/) });
    const resumed = await mgw.run(['create', ...ONE_TARGET, 'slow.csv', '--resume', '--json']);
    expect(jsonLines(resumed.stdout)[0]).toMatchObject({ id, status: 'SUCCEEDED' });
    await gateway.sandbox.put('latency', { ms: 0 });
    expect(await gateway.sandbox.calls('CreateMembers')).toHaveLength(1);
  });

  it('can be left at once with --no-wait, and canceled', async () => {
    await fileOf('later.csv', 1);
    const { stdout } = await mgw.run([
      'create',
      'later.csv',
      '--no-wait',
      '--json',
      '--idempotency-key',
      'once',
    ]);
    const [request] = jsonLines(stdout);
    const again = await mgw.run(['create', 'later.csv', '--json', '--idempotency-key', 'once']);
    expect(jsonLines(again.stdout)[0]).toMatchObject({ id: request?.['id'], status: 'SUCCEEDED' });
    expect(await mgw.run(['cancel', String(request?.['id'])])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('NOT_CANCELABLE'),
    });
  });
});

describe('mgw disassociate and mgw delete', () => {
  it('show a preview, and remove only with its token', async () => {
    const [accountId = ''] = await fileOf('gone.csv', 1);
    await mgw.run(['create', ...ONE_TARGET, 'gone.csv']);
    const without = await mgw.run(['disassociate', ...ONE_TARGET, 'gone.csv']);
    expect(without).toMatchObject({ status: 2, stderr: expect.stringContaining('expected --confirm') });
    const preview = await mgw.run(['disassociate', ...ONE_TARGET, 'gone.csv', '--dry-run', '--json']);
    const [plan, account] = jsonLines(preview.stdout);
    expect(account).toMatchObject({ accountId, verdict: expect.stringMatching(/^WOULD_|^NOT_/) });
    const confirmed = [
      'disassociate',
      ...ONE_TARGET,
      'gone.csv',
      '--confirm',
      String(plan?.['confirm']),
      '--json',
    ];
    expect(jsonLines((await mgw.run(confirmed)).stdout)[0]).toMatchObject({
      operation: 'DISASSOCIATE_MEMBERS',
    });
    expect(await mgw.run(confirmed)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('CONFIRMATION_INVALID'),
    });
  });
});

describe('what the gateway knows', () => {
  it('is listed as a table, as JSON lines and as CSV without formulas', async () => {
    const [accountId = ''] = await fileOf('known.csv', 2);
    await mgw.run(['create', ...ONE_TARGET, 'known.csv', '--note', '=cmd()']);
    const [json, csv, table, members, exported] = await Promise.all([
      mgw.run(['request', 'list', '--account', accountId, '--json']),
      mgw.run(['request', 'list', '--account', accountId, '--csv']),
      mgw.run(['request', 'list', '--account', accountId]),
      mgw.run(['members', ...ONE_TARGET, '--limit', '1', '--json']),
      mgw.run(['outcomes', 'export', '--account', accountId, '-o', 'outcomes.csv']),
    ]);
    expect(jsonLines(json.stdout)).toMatchObject([{ type: 'request', note: '=cmd()' }]);
    expect(csv.stdout).toMatch(/^id,createdAt,.*\r\nrequest_\S+,'=cmd\(\)\r\n$/);
    expect(table.stdout).toMatch(/^ID +CREATED AT .*\nrequest_\S+ .*=cmd\(\)\n$/);
    expect(jsonLines(members.stdout)).toMatchObject([{ type: 'member', service: 'GUARDDUTY' }]);
    expect(exported).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await readFile(path.join(mgw.folder, 'outcomes.csv'), 'utf8')).toContain(accountId);
  });

  it('of an account is shown as far as the targets answer', async () => {
    const match = { service: 'securityhub', operation: 'GetMembers', region: 'eu-west-1' };
    await gateway.sandbox.put('faults', [{ match, fault: 'access-denied' }]);
    const { status, stdout, stderr } = await mgw.run(['account', '219999999999', '--json']);
    await gateway.sandbox.put('faults', []);
    expect({ status, targets: jsonLines(stdout).length }).toEqual({ status: 1, targets: 3 });
    expect(stderr).toContain('UPSTREAM_FAILED');
  });

  it('of one account, its coverage and the inventory', async () => {
    const [accountId = ''] = await fileOf('one.csv', 1);
    await mgw.run(['create', ...ONE_TARGET, 'one.csv']);
    const [account, reconciled, coverage, inventory] = await Promise.all([
      mgw.run(['account', accountId, '--json']),
      mgw.run(['reconcile', ...ONE_TARGET, 'one.csv', '--json']),
      mgw.run(['coverage', '--json']),
      mgw.run(['inventory', '--csv']),
    ]);
    const types = jsonLines(account.stdout).map(({ type, status }) => `${String(type)} ${String(status)}`);
    expect(types).toEqual([
      'member CREATED',
      ...Array<string>(3).fill('member NOT_A_MEMBER'),
      'outcome PROCESSED',
    ]);
    expect(reconciled.status).toBe(3);
    expect(jsonLines(reconciled.stdout)).toContainEqual(
      expect.objectContaining({ type: 'difference', action: 'toInvite', accountId }),
    );
    expect(jsonLines(coverage.stdout)).toHaveLength(4);
    expect(inventory.stdout).toMatch(/^accountId,administrator,/);
  });
});

describe('settings', () => {
  it('doctor says what is wrong: refused is 4, unreachable 5', async () => {
    const [good, refused, unreachable, other] = await Promise.all([
      mgw.run(['doctor', '--json']),
      mgw.run(['doctor'], { env: { MGW_TOKEN: 'mgw_wrong' } }),
      mgw.run(['doctor', '--url', 'http://127.0.0.1:1']),
      mgw.run(['outcomes', 'export', '--url', 'http://127.0.0.1:1', '--attempts', '1']),
    ]);
    expect(good.status).toBe(0);
    expect(jsonLines(good.stdout)).toHaveLength(6);
    expect(refused).toMatchObject({
      status: 4,
      stdout: expect.stringMatching(/gateway +ok.*\ntoken +FAILED/),
    });
    expect(unreachable).toMatchObject({ status: 5, stdout: expect.stringMatching(/gateway +FAILED/) });
    expect(other).toMatchObject({ status: 5, stdout: '' });
  });

  it('come from a profile that other users cannot read, and its token goes to its own address alone', async () => {
    const profiles = path.join(mgw.folder, 'settings', 'profiles.json');
    const none = { MGW_URL: '', MGW_TOKEN: '' };
    const set = await mgw.run(['profile', 'set', 'staging']);
    expect(set.status).toBe(0);
    expect((await stat(profiles)).mode & 0o777).toBe(0o600);
    const [listed, good, elsewhere] = await Promise.all([
      mgw.run(['profile', 'list', '--json'], { env: none }),
      mgw.run(['doctor', '--profile', 'staging'], { env: none }),
      mgw.run(['doctor', '--profile', 'staging', '--url', gateway.url.replace('127.0.0.1', 'localhost')], {
        env: none,
      }),
    ]);
    expect(jsonLines(listed.stdout)).toEqual([
      { type: 'profile', name: 'staging', url: gateway.url, hasToken: true },
    ]);
    expect(good.status).toBe(0);
    expect(elsewhere.stdout).toMatch(/no token/);
    await chmod(profiles, 0o644);
    expect(await mgw.run(['doctor'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('expected mode 600, got 644'),
    });
    await chmod(profiles, 0o600);
  });

  it('token create prints the secret alone; a revoked token is refused', async () => {
    const created = await mgw.run([
      'token',
      'create',
      '--name',
      'portal',
      '--role',
      'viewer',
      '--expires',
      '1',
    ]);
    expect(created.stdout).toMatch(/^mgw_\S+\n$/);
    const listed = jsonLines((await mgw.run(['token', 'list', '--json'])).stdout);
    const id = String(listed.find(({ name }) => name === 'portal')?.['id']);
    expect(await mgw.run(['token', 'revoke', id])).toMatchObject({ status: 0 });
    const asViewer = { env: { MGW_TOKEN: created.stdout.trim() } };
    expect(await mgw.run(['request', 'list'], asViewer)).toMatchObject({ status: 4, stdout: '' });
  });
});

describe('usage', () => {
  it('that is wrong is refused with status 2', async () => {
    const cases: [string[], string][] = [
      [['create', '--nope'], "error: unknown option '--nope'"],
      [['destroy'], "error: unknown command 'destroy'"],
      [['members'], "error: required option '-s, --service <service>' not specified"],
      [['request', 'list', '--limit', 'x'], 'Expected a whole number from 1 to 1000000'],
      [['request', 'list', '--json', '--csv'], 'expected --json or --csv, got both'],
      [['create', 'missing.csv'], 'missing.csv: ENOENT'],
      [['create', '--accept', 'NOPE', 'x.csv'], '--accept: expected one of ACCESS_DENIED'],
      [['request', 'list', '--status', 'nope'], 'NOPE'],
    ];
    const results = await Promise.all(cases.map(([args]) => mgw.run(args)));
    expect(results).toEqual(
      cases.map(([, words]) => ({ status: 2, stdout: '', stderr: expect.stringContaining(words) })),
    );
  });

  it('completion scripts name every command', async () => {
    const { stdout } = await mgw.run(['completion', 'bash']);
    await mkdir(path.join(mgw.folder, 'completion'), { recursive: true });
    await writeFile(path.join(mgw.folder, 'completion', 'mgw.bash'), stdout);
    const script = `source completion/mgw.bash
COMP_WORDS=(mgw request l) COMP_CWORD=2; _mgw; echo "\${COMPREPLY[@]}"
COMP_WORDS=(mgw cre) COMP_CWORD=1; _mgw; echo "\${COMPREPLY[@]}"
COMP_WORDS=(mgw create --dry) COMP_CWORD=2; _mgw; echo "\${COMPREPLY[@]}"`;
    const shown = await promisify(execFile)('bash', ['--norc', '-c', script], { cwd: mgw.folder });
    expect(shown.stdout.split('\n')).toEqual(['list', 'create', '--dry-run', '']);
  });
});
