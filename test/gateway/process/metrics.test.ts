import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAdministrators } from '../../support/administrators.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const CREATE = `mutation ($input: CreateMembersInput!) { createMembers(input: $input) { request { status } userErrors { code } } }`;
const HUB = { service: 'SECURITY_HUB', region: 'us-east-1' };

let gateway: TestGateway;
const secrets = new Map<string, string>();

beforeAll(async () => {
  gateway = await startGateway({
    environment: {
      AUTH_MODE: 'token',
      ADMINISTRATORS_FILE: await writeAdministrators({ one: '111122223333', two: '444455556666' }),
      CALLER_BUDGET: '2000',
      SECURITYHUB_RATE: '0.02',
      SECURITYHUB_BURST: '4',
    },
  });
  secrets.set('watcher', await gateway.token('watcher', 'VIEWER'));
  secrets.set('portal', await gateway.token('portal', 'OPERATOR'));
  secrets.set('lister', await gateway.token('lister', 'OPERATOR'));
  secrets.set('narrow', await gateway.token('narrow', 'ADMIN', ['one']));
});
afterAll(() => gateway.stop());

const headersOf = (name: string) => ({ authorization: `Bearer ${secrets.get(name)}` });
const fetchMetrics = (headers: Record<string, string> = headersOf('watcher')) =>
  fetch(`${gateway.url}/metrics`, { headers });
const post = (name: string, query: string, variables: Record<string, unknown> = {}) =>
  gateway.post({ query, variables }, headersOf(name));

/** The sum of the series with this name and these labels; null without one. A series may have more labels. */
async function value(name: string, labels: Record<string, string> = {}): Promise<number | null> {
  const text = await (await fetchMetrics()).text();
  const found = text.split('\n').filter((line) => {
    const [series = ''] = line.split(' ');
    return (
      series.split('{')[0] === name &&
      Object.entries(labels).every(([label, word]) => series.includes(`${label}="${word}"`))
    );
  });
  if (found.length === 0) {
    return null;
  }
  return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

describe('GET /metrics', () => {
  it('refuses callers without a credential, and callers of some administrators only', async () => {
    for (const [headers, status, code] of [
      [{}, 401, 'UNAUTHENTICATED'],
      [{ authorization: `Bearer mgw_${'x'.repeat(43)}` }, 401, 'UNAUTHENTICATED'],
      [headersOf('narrow'), 403, 'FORBIDDEN'],
    ] as const) {
      const answer = await fetchMetrics({ ...headers });
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code } }] });
    }
  });

  it('answers in the text format of Prometheus, with the metrics of the process', async () => {
    const answer = await fetchMetrics();
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(await value('nodejs_eventloop_lag_seconds')).not.toBeNull();
    expect(await value('membership_record_up')).toBe(1);
  });

  it('has exactly the series of docs/metrics.md', async () => {
    const shown = [...(await (await fetchMetrics()).text()).matchAll(/^# TYPE (membership_\w+)/gm)];
    const rows = readFileSync('docs/metrics.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`(membership_\w+)/g)]);
    const names = (found: RegExpMatchArray[]) => found.map(([, name]) => name).sort();
    expect(names(rows)).toEqual(names(shown));
  });

  it('counts requests, outcomes and calls', async () => {
    const input = {
      administrator: 'one',
      accounts: [...accounts(60), { accountId: '333344900013', email: 'magic@example.com' }],
      services: ['SECURITY_HUB'],
      regions: ['us-east-1'],
      idempotencyKey: 'counted',
    };
    // The second answer is the first request, by its idempotency key.
    for (let time = 0; time < 2; time++) {
      const { body } = await post('portal', CREATE, { input });
      expect(body.data?.['createMembers']).toMatchObject({ request: { status: 'PARTIALLY_SUCCEEDED' } });
    }
    const lane = { administrator: 'one', ...HUB, operation: 'CREATE_MEMBERS' };
    await expect
      .poll(() => value('membership_outcomes_settled_total', { ...lane, status: 'PROCESSED', reason: '' }), {
        timeout: 5_000,
      })
      .toBe(60);
    expect(
      await value('membership_outcomes_settled_total', {
        ...lane,
        status: 'UNPROCESSED',
        reason: 'ORGANIZATION_ADMINISTRATOR_NOT_ENABLED',
      }),
    ).toBe(1);
    expect(await value('membership_requests_accepted_total', { operation: 'CREATE_MEMBERS' })).toBe(1);
    expect(await value('membership_aws_calls_total', { ...lane, status: 'ANSWERED' })).toBe(2);
    expect(
      await value('membership_aws_call_duration_seconds_count', {
        service: 'SECURITY_HUB',
        operation: 'CREATE_MEMBERS',
      }),
    ).toBe(2);
    expect(await value('membership_lane_pending_outcomes', { administrator: 'one', ...HUB })).toBe(0);
    // Two calls of a burst of four, which refills slowly.
    const used = await value('membership_lane_rate_used_ratio', { administrator: 'one', ...HUB });
    expect(used).toBeGreaterThan(0.3);
  });

  it('shows how many outcomes wait in a lane, and since when', async () => {
    const input = {
      administrator: 'two',
      accounts: accounts(400),
      services: ['SECURITY_HUB'],
      regions: ['us-east-1'],
      waitSeconds: 0,
    };
    await post('portal', CREATE, { input });
    const lane = { administrator: 'two', ...HUB };
    // Four of the eight calls leave at once, the next 50 seconds later.
    await expect.poll(() => value('membership_lane_pending_outcomes', lane), { timeout: 5_000 }).toBe(200);
    await expect
      .poll(() => value('membership_lane_oldest_pending_seconds', lane), { timeout: 5_000 })
      .toBeGreaterThan(1);
    expect(await value('membership_lane_rate_used_ratio', lane)).toBeGreaterThan(0.9);
  });

  it('shows the calls in doubt of a lane, since when, and the age of the inventory', async () => {
    const lane = { administrator: 'one', service: 'GUARDDUTY', region: 'us-east-1' };
    expect(await value('membership_inventory_age_seconds', lane)).toBeNull();
    const refresh = `mutation { refreshInventory(input: { administrator: "one", services: [GUARDDUTY], regions: ["us-east-1"] }) { userErrors { code } } }`;
    expect((await post('lister', refresh)).body.errors).toBeUndefined();
    await gateway.sandbox.put('faults', [
      { match: { operation: 'CreateMembers' }, fault: 'reset-before', times: 1 },
      { match: { operation: 'GetMembers' }, fault: 'access-denied' },
    ]);
    const target = { administrator: 'one', services: ['GUARDDUTY'], regions: ['us-east-1'] };
    await post('portal', CREATE, { input: { ...target, accounts: accounts(2, 500), waitSeconds: 0 } });
    await expect.poll(() => value('membership_lane_doubts', lane), { timeout: 5_000 }).toBe(1);
    expect(await value('membership_lane_calls_under_way', lane)).toBe(1);
    expect(await value('membership_lane_oldest_doubt_seconds', lane)).toBeGreaterThan(0);
    expect(await value('membership_inventory_age_seconds', lane)).toBeGreaterThan(0);
    await gateway.sandbox.put('faults', []);
    await expect.poll(() => value('membership_lane_doubts', lane), { timeout: 90_000 }).toBe(0);
  }, 100_000);

  it('counts throttling, errors, denied attempts and budget refusals', async () => {
    await gateway.sandbox.put('faults', [{ match: { operation: 'ListMembers' }, fault: 'throttle' }]);
    const members = `{ members(administrator: "one", service: GUARDDUTY, region: "us-east-1") { nodes { accountId } } }`;
    expect((await post('watcher', members)).body.errors).toMatchObject([
      { extensions: { code: 'THROTTLED' } },
    ]);
    const lane = { administrator: 'one', service: 'GUARDDUTY', region: 'us-east-1' };
    expect(await value('membership_aws_throttles_total', { ...lane, operation: 'LIST_MEMBERS' })).toBe(3);
    expect(await value('membership_graphql_errors_total', { code: 'THROTTLED' })).toBe(1);

    await post('watcher', '{ tokens { id } }');
    await gateway.post({ query: '{ administrators { id } }' });
    await post('watcher', '{');
    expect(await value('membership_denied_attempts_total', { code: 'FORBIDDEN' })).toBe(1);
    expect(await value('membership_graphql_errors_total', { code: 'FORBIDDEN' })).toBe(2);
    expect(await value('membership_denied_attempts_total', { code: 'UNAUTHENTICATED' })).toBeGreaterThan(0);
    expect(await value('membership_graphql_errors_total', { code: 'GRAPHQL_PARSE_FAILED' })).toBe(1);

    const statuses = new Set<number>();
    for (let times = 0; times < 12; times++) {
      const { status } = await post(
        'watcher',
        '{ requests(first: 100) { nodes { id note targets { region } } } }',
      );
      statuses.add(status);
    }
    expect(statuses).toContain(429);
    expect(await value('membership_budget_refusals_total')).toBeGreaterThan(0);
  });

  it('has the patterns of routes as labels, and no text of a client', async () => {
    for (const path of ['/nowhere/222233334444', '/graphql?x=222233334444', '/assets/222233334444.js']) {
      await fetch(gateway.url + path, { method: path.startsWith('/no') ? 'PUT' : 'GET' });
    }
    await post('portal', 'query nameOfMine { nonsense222233334444 }');
    const text = await (await fetchMetrics()).text();
    expect(text).toMatch(/method="OTHER",route="none",status="404"/);
    expect(text).not.toMatch(/222233334444|nameOfMine|portal|watcher|example\.com/);
  });

  it('answers when the record cannot be read, with membership_record_up at 0', async () => {
    const healthy = await (await fetchMetrics()).text();
    expect(healthy).toMatch(/^membership_database_connections\{state="used"\} \d+$/m);
    expect(healthy).toMatch(/^membership_database_waiting 0$/m);
    await gateway.database.prisma.$executeRawUnsafe('ALTER TABLE settled_hour RENAME TO hidden');
    try {
      await expect.poll(() => value('membership_record_up'), { timeout: 5_000 }).toBe(0);
      expect(await value('membership_requests_accepted_total')).toBe(3);
    } finally {
      await gateway.database.prisma.$executeRawUnsafe('ALTER TABLE hidden RENAME TO settled_hour');
    }
  });
});

it('GET /health/version, and a header of every answer, tell the version to a caller of any role alone', async () => {
  for (const path of ['/health/version', '/metrics', '/graphql?query={__typename}']) {
    const { status, headers } = await fetch(`${gateway.url}${path}`, { headers: headersOf('narrow') });
    expect([path, headers.get('gateway-version')]).toEqual([path, '0.0.0-test']);
    expect(status === 403).toBe(path === '/metrics');
    const refused = await fetch(`${gateway.url}${path}`);
    expect([path, refused.status, refused.headers.get('gateway-version')]).toEqual([path, 401, null]);
  }
});
