import { startNodeSdk } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProcessTracing } from '../../../src/tracing/tracing.js';
import { CreateMembersDocument } from '../../generated/graphql.js';
import { accounts, startGateway, type TestGateway } from '../../support/gateway.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER_SPAN = 'b7ad6b7169203331';

const exporter = new InMemorySpanExporter();
const lines: string[] = [];
let gateway: TestGateway;
let sdk: ReturnType<typeof startNodeSdk>;

beforeAll(async () => {
  sdk = startNodeSdk({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  gateway = await startGateway({
    tracing: createProcessTracing() ?? expect.unreachable('the SDK is loaded'),
    log: { write: (line) => void lines.push(line) },
    environment: { LOG_LEVEL: 'debug' },
  });
});
afterAll(async () => {
  await gateway.stop();
  await sdk.shutdown();
  // Other files may run in this process after this one.
  trace.disable();
  context.disable();
  propagation.disable();
});
beforeEach(async () => {
  await gateway.sandbox.put('faults', []);
  exporter.reset();
});
// A call is settled after the answer: its last span must not end in the next test.
afterEach(() => expect.poll(() => named('settle').length).toBe(named('claim CREATE_MEMBERS').length));

const named = (name: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === name);

/** The one span of this name, which ends some time after the answer. */
async function spanNamed(name: string): Promise<ReadableSpan> {
  await expect.poll(() => named(name).length).toBe(1);
  return named(name)[0] ?? expect.unreachable();
}

/** Adds accounts to GuardDuty in one region, as a caller with a trace of its own; the `traceparent` on record. */
async function createMembers(count: number, first: number): Promise<string> {
  const { body } = await gateway.post(
    {
      query: `mutation Add($accounts: [MemberAccountInput!]!) {
        createMembers(input: { accounts: $accounts, services: [GUARDDUTY], regions: ["us-east-1"] }) {
          request { origin { traceparent } }
        }
      }`,
      variables: { accounts: accounts(count, first) },
    },
    { traceparent: `00-${TRACE}-${CALLER_SPAN}-01` },
  );
  const { request } = body.data?.['createMembers'] as {
    request: { origin: { traceparent: string } };
  };
  return request.origin.traceparent;
}

describe('a mutation', () => {
  it('is a span of its caller’s trace, and the record has the context of the span that accepted it', async () => {
    const traceparent = await createMembers(2, 0);
    const http = await spanNamed('POST /graphql');
    const accept = await spanNamed('accept CREATE_MEMBERS');
    expect(http).toMatchObject({
      kind: SpanKind.SERVER,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'http.response.status_code': 200,
        'graphql.operation.type': 'mutation',
        'graphql.operation.name': 'Add',
      },
      parentSpanContext: { traceId: TRACE, spanId: CALLER_SPAN },
    });
    expect(accept.parentSpanContext?.spanId).toBe(http.spanContext().spanId);
    expect(accept.attributes).toMatchObject({ 'membership.accounts': 2, 'membership.targets': 1 });
    expect(traceparent).toBe(`00-${TRACE}-${accept.spanContext().spanId}-01`);
  });

  it('is linked to by the spans of its calls, which are a trace of their own', async () => {
    await createMembers(2, 10);
    const accept = await spanNamed('accept CREATE_MEMBERS');
    const claim = await spanNamed('claim CREATE_MEMBERS');
    const call = await spanNamed('GuardDuty/CreateMembers');
    const settle = await spanNamed('settle');
    expect(claim.parentSpanContext).toBeUndefined();
    for (const span of [call, settle]) {
      expect(span.parentSpanContext?.spanId).toBe(claim.spanContext().spanId);
      expect(span.attributes['membership.call.id']).toBe(claim.attributes['membership.call.id']);
    }
    for (const { links } of [claim, call]) {
      expect(links).toMatchObject([{ context: { traceId: TRACE, spanId: accept.spanContext().spanId } }]);
    }
    expect(call).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: {
        'rpc.system.name': 'aws-api',
        'rpc.method': 'GuardDuty/CreateMembers',
        'cloud.region': 'us-east-1',
        'http.response.status_code': 200,
        'aws.request_id': expect.stringMatching(/./),
        'membership.accounts': 2,
        'membership.unprocessed': 0,
      },
    });
    expect(settle.attributes).toMatchObject({ 'membership.settlement': 'SETTLED' });
  });

  it('shares the spans of a call with the other requests that the call carries', async () => {
    await gateway.sandbox.put('latency', { ms: 300 });
    await Promise.all([20, 21, 22, 23].map((first) => createMembers(1, first)));
    await gateway.sandbox.put('latency', { ms: 0 });
    await expect.poll(() => linkedSpans('GuardDuty/CreateMembers')).toHaveLength(4);
    const accepted = named('accept CREATE_MEMBERS').map((span) => span.spanContext().spanId);
    expect(linkedSpans('GuardDuty/CreateMembers').sort()).toEqual(accepted.sort());
    expect(named('GuardDuty/CreateMembers').length).toBeLessThan(4);
  });
});

function linkedSpans(name: string): string[] {
  return named(name).flatMap(({ links }) => links.map(({ context }) => context.spanId));
}

describe('a call without an answer', () => {
  it('is a failed span, and its trace goes on with the read-back', async () => {
    await gateway.sandbox.put('faults', [
      { match: { service: 'guardduty', operation: 'CreateMembers' }, fault: 'reset-after', times: 1 },
    ]);
    await createMembers(2, 30);
    const claim = await spanNamed('claim CREATE_MEMBERS');
    const call = await spanNamed('GuardDuty/CreateMembers');
    const readBack = await spanNamed('read back');
    const read = await spanNamed('GuardDuty/GetMembers');
    await spanNamed('settle');
    expect(call).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'membership.answer': 'UNANSWERED', 'error.type': expect.stringMatching(/./) },
    });
    expect(readBack.parentSpanContext?.spanId).toBe(claim.spanContext().spanId);
    expect(readBack.links).toHaveLength(1);
    expect(read.parentSpanContext?.spanId).toBe(readBack.spanContext().spanId);
    const [logged] = await gateway.sandbox.calls('GetMembers');
    expect(logged?.accountIds).toHaveLength(2);
  });
});

describe('attributes', () => {
  it('are those of OpenTelemetry’s conventions or the gateway’s own, and hold no address, account or credential', async () => {
    await createMembers(2, 40);
    await gateway.execute(CreateMembersDocument, { input: { accounts: accounts(1, 45), dryRun: true } });
    await spanNamed('settle');
    const known = new Set(Object.values(conventions).map(String));
    const spans = exporter.getFinishedSpans();
    const names = new Set(spans.flatMap(({ attributes }) => Object.keys(attributes)));
    expect([...names].filter((name) => !name.startsWith('membership.') && !known.has(name))).toEqual([]);
    const text = JSON.stringify(spans.map(({ name, attributes, events }) => [name, attributes, events]));
    expect(text).not.toMatch(/@|example\.com|2000000000\d\d|Bearer/);
  });
});

describe('a line of the log', () => {
  it('of a request has the trace of its caller, and one of a call the trace of the call', async () => {
    lines.length = 0;
    await createMembers(1, 50);
    const call = await spanNamed('GuardDuty/CreateMembers');
    const ofMessage = (message: string) =>
      lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === message);
    await expect.poll(() => ofMessage('request')).toMatchObject([{ trace_id: TRACE }]);
    expect(ofMessage('upstream')).toMatchObject([
      { action: 'CREATE_MEMBERS', trace_id: call.spanContext().traceId, span_id: call.spanContext().spanId },
    ]);
  });
});
