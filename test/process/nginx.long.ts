import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRun } from '../store/history/historyRecord.js';
import { accounts, startGateway, type TestGateway } from '../support/gateway.js';

const hasNginx = spawnSync('nginx', ['-v']).error === undefined;

let gateway: TestGateway;
let url: string;
let headers: Record<string, string>;

const BASE = '/members';

/** nginx with its defaults, before the gateway. It cuts the path off, or hands it on. */
async function startNginx(
  upstream: string,
  cutsPath: boolean,
  closers: AsyncDisposableStack,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gateway-nginx-'));
  closers.defer(() => rm(folder, { recursive: true, force: true }));
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const file = path.join(folder, 'nginx.conf');
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (use) => `${use}_temp_path ${folder}/${use};`,
  );
  await writeFile(
    file,
    `daemon off; user root; pid ${folder}/pid; error_log ${folder}/error.log; events {}
    http { access_log off; ${places.join(' ')}
      server { listen 127.0.0.1:${port}; location ${BASE}/ { proxy_pass ${upstream}${cutsPath ? '/' : ''}; } } }`,
  );
  const nginx = spawn('nginx', ['-c', file, '-p', folder], { stdio: 'ignore' });
  closers.defer(async () => {
    nginx.kill('SIGTERM');
    await once(nginx, 'exit');
  });
  const place = `http://127.0.0.1:${port}${BASE}`;
  for (;;) {
    const answer = await fetch(`${place}/health/live`).catch(() => null);
    if (answer?.status === 200) {
      break;
    }
    await sleep(50);
  }
  return place;
}

describe.skipIf(!hasNginx).each([
  ['cuts the path off', true],
  ['hands the path on', false],
])('behind nginx with its defaults that %s (skipped where nginx is not installed)', (_what, cutsPath) => {
  const closers = new AsyncDisposableStack();
  beforeAll(async () => {
    gateway = await startGateway({
      environment: {
        AUTH_MODE: 'token',
        SECURITYHUB_RATE: '5',
        SECURITYHUB_BURST: '1',
        PUBLIC_URL: `http://127.0.0.1${BASE}/`,
      },
      intervals: { credentialCheckMs: 500 },
    });
    closers.defer(() => gateway.stop());
    headers = {
      authorization: `Bearer ${await gateway.token('cut', 'OPERATOR')}`,
      'content-type': 'application/json',
    };
    url = await startNginx(gateway.url, cutsPath, closers);
    await writeRun(gateway.database.prisma, { administrator: 'archive', from: 1, to: 10, accounts: 1000 });
  });
  afterAll(() => closers.disposeAsync());

  it('GraphiQL has all its files', async () => {
    const response = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    const page = await response.text();
    const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(1);
    for (const link of links) {
      const file = await fetch(new URL(link, response.url));
      expect([link, file.status, (await file.arrayBuffer()).byteLength > 0]).toEqual([link, 200, true]);
    }
  });

  it('a subscription arrives as it is sent', async () => {
    const mutation = `mutation ($accounts: [MemberAccountInput!]!) { createMembers(input: {
      accounts: $accounts, services: [SECURITY_HUB], regions: ["us-east-1"], waitSeconds: 0 }) { request { id } } }`;
    const { body } = await gateway.post({ query: mutation, variables: { accounts: accounts(500) } }, headers);
    const { id } = (body.data?.['createMembers'] as { request: { id: string } }).request;
    const query = `subscription { requestProgress(id: "${id}") { status counts { processed } } }`;
    const response = await fetch(`${url}/graphql/stream`, {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
    });
    const arrivals: number[] = [];
    let text = '';
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      arrivals.push(performance.now());
      text += new TextDecoder().decode(part);
    }
    expect(text).toMatch(/^:\n\n/);
    expect(text).toMatch(/event: complete\n[^]*\n\n$/);
    // 500 accounts at five calls a second take two seconds: a proxy that collects hands everything on at the end.
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(1_000);
  });

  it('an export that is cut does not arrive as whole', async () => {
    const response = await fetch(`${url}/export/outcomes.jsonl`, { headers });
    expect(response.status).toBe(200);
    const reader = response.body!.getReader();
    await reader.read();
    const client = new pg.Client({ connectionString: gateway.databaseUrl });
    await client.connect();
    await client.query(`UPDATE api_token SET revoked_at = now(), revoked_by = 'boss' WHERE name = 'cut'`);
    await client.end();
    await expect.poll(async () => (await fetch(`${url}/export/outcomes.csv`, { headers })).status).toBe(401);
    const readAll = async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        // Read to the end.
      }
    };
    await sleep(1_500);
    await expect(readAll()).rejects.toThrow();
  });
});
