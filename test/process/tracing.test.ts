import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { spawnGateway, type GatewayProcess } from '../support/gatewayProcess.js';
import { startSandbox, type TestSandbox } from '../support/sandboxControl.js';
import { FAST_RATES } from '../support/speed.js';
import { startTraceReceiver, type ReceivedSpan, type TraceReceiver } from '../support/traceReceiver.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** As docs/tracing.md starts it. */
const FLAGS = ['--import', path.join(ROOT, 'deploy/tracing/sdk.mjs')];

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER_SPAN = 'b7ad6b7169203331';

let receiver: TraceReceiver;
let sandbox: TestSandbox;
let database: TestDatabase;
const gateways: GatewayProcess[] = [];

beforeAll(async () => {
  receiver = await startTraceReceiver();
  sandbox = await startSandbox();
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.kill('SIGKILL')));
  await receiver[Symbol.asyncDispose]();
  await sandbox.stop();
  await database.drop();
});

async function start(flags: readonly string[]): Promise<GatewayProcess> {
  const gateway = await spawnGateway(
    {
      DATABASE_URL: database.url,
      AWS_ENDPOINT_URL: sandbox.url,
      ...FAST_RATES,
      OTEL_SERVICE_NAME: 'members',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
    undefined,
    undefined,
    flags,
  );
  gateways.push(gateway);
  return gateway;
}

async function spanNamed(name: string): Promise<ReceivedSpan> {
  const ofName = (): ReceivedSpan[] => receiver.spans.filter((span) => span.name === name);
  await expect.poll(() => ofName().length).toBe(1);
  return ofName()[0] ?? expect.unreachable();
}

async function createMember(url: string, accountId: string, headers: Record<string, string>): Promise<void> {
  const query = `mutation { createMembers(input: { accounts: [{ accountId: "${accountId}", email: "a@example.com" }],
    services: [SECURITY_HUB], regions: ["us-east-1"], waitSeconds: 0 }) { request { id } } }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  expect(await response.json()).toMatchObject({ data: { createMembers: { request: {} } } });
}

it(
  'exports spans by OTLP/HTTP, and links the call of a killed gateway to the request that an untraced one recorded',
  { timeout: 120_000 },
  async () => {
    const untraced = await start([]);
    expect(untraced.output()).toContain('OTEL_* is set, but no OpenTelemetry SDK is loaded');
    await sandbox.put('latency', { ms: 60_000 });
    await createMember(untraced.url, '222233334444', { traceparent: `00-${TRACE}-${CALLER_SPAN}-01` });
    await expect.poll(() => sandbox.calls('CreateMembers')).toHaveLength(1);
    await untraced.kill('SIGKILL');
    await sandbox.put('latency', { ms: 0 });

    const traced = await start(FLAGS);
    const readBack = await spanNamed('read back');
    expect(readBack.links).toMatchObject([{ traceId: TRACE, spanId: CALLER_SPAN }]);
    const settleOfReadBack = await spanNamed('settle');
    expect(settleOfReadBack).toMatchObject({ traceId: readBack.traceId, parentSpanId: readBack.spanId });
    receiver.spans.length = 0;

    await createMember(traced.url, '222233335555', {});
    const accept = await spanNamed('accept CREATE_MEMBERS');
    const call = await spanNamed('SecurityHub/CreateMembers');
    const claim = await spanNamed('claim CREATE_MEMBERS');
    expect(call.links).toMatchObject([{ traceId: accept.traceId, spanId: accept.spanId }]);
    expect(call.parentSpanId).toBe(claim.spanId);
    expect(await traced.kill('SIGTERM')).toBe(0);
    expect(traced.output()).not.toContain('no OpenTelemetry SDK');
    expect(receiver.services).toEqual(new Set(['members']));
  },
);
