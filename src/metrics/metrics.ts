import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Gauges } from '../ports/gauges.js';
import type { Metrics } from '../ports/metrics.js';
import type { Rates } from './recordMetrics.js';
import { createRecordMetrics } from './recordMetrics.js';

/** Seconds that calls to AWS and operations take, from a fast read to a mutation that waits as long as one may. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];

/** Methods that have series of their own: clients may send any. */
const METHODS = ['GET', 'POST', 'OPTIONS'];

/**
 * The metrics of this process, all documented in docs/metrics.md. Labels are names of the configuration and words of closed
 * lists, so that no caller can make a new series: never accounts, callers, tokens, addresses or texts of a service.
 */
export function createMetrics(gauges: Gauges, rates: Rates): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const record = createRecordMetrics(registry, gauges, rates);
  const accepted = new Counter({
    name: 'membership_requests_accepted_total',
    help: 'Requests that this process took into the record.',
    labelNames: ['operation'],
    registers,
  });
  const calls = new Counter({
    name: 'membership_aws_calls_total',
    help: 'Calls to GuardDuty and Security Hub by this process, by how they ended.',
    labelNames: ['administrator', 'service', 'region', 'operation', 'status'],
    registers,
  });
  const throttles = new Counter({
    name: 'membership_aws_throttles_total',
    help: 'Calls that were answered with throttling.',
    labelNames: ['administrator', 'service', 'region', 'operation'],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'membership_aws_call_duration_seconds',
    help: 'How long calls took, from the turn to the answer.',
    labelNames: ['service', 'operation', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const httpSeconds = new Histogram({
    name: 'membership_http_request_duration_seconds',
    help: 'How long HTTP requests took; those of no route are under "none".',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const operationSeconds = new Histogram({
    name: 'membership_graphql_operation_duration_seconds',
    help: 'How long GraphQL operations took; a subscription as long as it was open.',
    labelNames: ['type'],
    buckets: BUCKETS,
    registers,
  });
  const errors = new Counter({
    name: 'membership_graphql_errors_total',
    help: 'Errors that callers were answered with, by extensions.code.',
    labelNames: ['code'],
    registers,
  });
  const denied = new Counter({
    name: 'membership_denied_attempts_total',
    help: 'Attempts that were turned away.',
    labelNames: ['code'],
    registers,
  });
  const budgetRefusals = new Counter({
    name: 'membership_budget_refusals_total',
    help: 'Operations refused because the budget of their caller was used up.',
    registers,
  });

  return {
    accepted: (operation) => {
      accepted.inc({ operation });
    },
    exchanged({ target, action: operation, kind: status, throttled, seconds }) {
      const { administrator, service, region } = target;
      calls.inc({ administrator, service, region, operation, status });
      if (throttled) {
        throttles.inc({ administrator, service, region, operation });
      }
      callSeconds.observe({ service, operation, status }, seconds);
    },
    httpAnswered({ method, route, status, seconds, operation, errors: codes }) {
      const known = METHODS.includes(method) ? method : 'OTHER';
      httpSeconds.observe({ method: known, route: route ?? 'none', status: String(status) }, seconds);
      if (operation !== null) {
        operationSeconds.observe({ type: operation }, seconds);
      }
      for (const [code, count] of Object.entries(codes)) {
        errors.inc({ code }, count);
      }
    },
    denied: (code) => {
      denied.inc({ code });
    },
    budgetRefused: () => {
      budgetRefusals.inc();
    },
    async scrape() {
      await record.update();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
