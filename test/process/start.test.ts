import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateMembersDocument, InviteMembersDocument, RequestsDocument } from '../generated/graphql.js';
import { accounts, execute } from '../support/gateway.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';

const run = promisify(execFile);

/** Everything a start makes is in here; the space is on purpose. */
let folder: string;
let gateway: GatewayProcess;

const start = () => spawnGateway({ DATA_DIR: path.join(folder, 'the data') });

/** Processes whose command line names the folder: PostgreSQL's, for one. */
async function leftovers(): Promise<string[]> {
  const { stdout } = await run('ps', ['-eo', 'pid,args'], { maxBuffer: 10_000_000 });
  return stdout.split('\n').filter((line) => line.includes(folder) && !line.includes('ps -eo'));
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gateway start '));
  // Else PostgreSQL's user could not enter, and the data would go elsewhere (home.test.ts has that case).
  await chmod(folder, 0o755);
  gateway = await start();
});
afterAll(async () => {
  await gateway.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

describe('npm start, with nothing configured', () => {
  it('prints the URL of GraphiQL, that no call leaves the machine, and a mutation that works when it is pasted', async () => {
    expect(gateway.output()).toContain(`GraphiQL: ${gateway.url}/graphql`);
    expect(gateway.output()).toMatch(/Upstream: the sandbox at http:\S+\. No call leaves this machine\./);
    const curl = /^curl .*$/m.exec(gateway.output())?.[0] ?? '';
    const { stdout } = await run('bash', ['-c', curl]);
    expect(JSON.parse(stdout)).toMatchObject({
      data: {
        createMembers: {
          request: { status: 'SUCCEEDED', counts: { total: 4, processed: 4 } },
          userErrors: [],
        },
      },
    });
  });

  it('is live and ready, and says its version', async () => {
    for (const probe of ['live', 'ready']) {
      const response = await fetch(`${gateway.url}/health/${probe}`);
      expect([probe, response.status]).toEqual([probe, 200]);
    }
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const response = await fetch(`${gateway.url}/health/version`);
    expect(await response.json()).toEqual({ version });
    expect(response.headers.get('gateway-version')).toBe(version);
  });

  it('refuses a second start in the same directory, with one line about the running gateway', async () => {
    const second = start();
    await expect(second).rejects.toThrow(
      `already running: ${gateway.url}/graphql (process ${gateway.pid}, data in`,
    );
  });

  it('starts again after a kill -9, with its record and the members of the sandbox', async () => {
    await gateway.kill('SIGKILL');
    gateway = await start();
    const { requests } = await execute(gateway.url, RequestsDocument, { first: 10 });
    expect(requests.nodes).toMatchObject([{ status: 'SUCCEEDED', counts: { processed: 4 } }]);
    const input = { accountIds: ['222233334444'] };
    const { inviteMembers } = await execute(gateway.url, InviteMembersDocument, { input });
    expect(inviteMembers?.request?.status).toBe('SUCCEEDED');
  });

  it('starts again after a kill -9 of the gateway and all its child processes', async () => {
    const pids = (await leftovers()).map((line) => Number.parseInt(line, 10));
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) {
      process.kill(pid, 'SIGKILL');
    }
    await gateway.kill('SIGKILL');
    gateway = await start();
    const { createMembers } = await execute(gateway.url, CreateMembersDocument, {
      input: { accounts: accounts(60) },
    });
    expect(createMembers?.request?.status).toBe('SUCCEEDED');
    const { requests } = await execute(gateway.url, RequestsDocument, { first: 10 });
    expect(requests.nodes).toHaveLength(3);
  });

  it('ends all its processes on SIGINT', async () => {
    expect(await gateway.kill('SIGINT')).toBe(0);
    await expect.poll(leftovers, { timeout: 5_000 }).toEqual([]);
  });
});

describe('a faulty configuration', () => {
  it('is refused with every fault at once, and no stack trace', async () => {
    const faulty = spawnGateway({
      PORT: 'x',
      HOST: '0.0.0.0',
      GUARDDUTY_RATE: '-1',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://secret@host',
    });
    const words = await faulty.then(String, String);
    for (const name of ['PORT', 'GUARDDUTY_RATE', 'LOG_LEVEL', 'DATABASE_URL']) {
      expect(words).toContain(`cannot start: ${name}: `);
    }
    expect(words).not.toContain('secret');
    expect(words).not.toMatch(/^\s+at /m);
  });

  it('refuses a non-loopback host without authentication, and requires explicit settings in production', async () => {
    const words = await spawnGateway({ HOST: '0.0.0.0', NODE_ENV: 'production' }).then(String, String);
    for (const name of ['HOST', 'DATABASE_URL', 'UPSTREAM', 'AUTH_MODE']) {
      expect(words).toContain(`cannot start: ${name}: `);
    }
  });
});
