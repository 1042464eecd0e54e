import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Gauges } from '../ports/gauges.js';
import type { Metrics } from '../ports/metrics.js';
import { createProcessSeries } from './processSeries.js';
import { createRecordMetrics, type Rates } from './recordMetrics.js';

/** The HTTP methods with series of their own. A client may send any method, so all others count as OTHER. */
const METHODS = ['GET', 'POST', 'OPTIONS'];

/**
 * The metrics of this process; docs/metrics.md lists them. Labels are names of the configuration and words of closed lists, so
 * that no caller can add a series: never accounts, callers, tokens, addresses or messages of a service.
 */
export function createMetrics(gauges: Gauges, rates: Rates): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const record = createRecordMetrics(registry, gauges, rates);
  const series = createProcessSeries(registry);
  return {
    requestAccepted(operation) {
      series.requests.inc({ operation });
    },
    awsCallEnded({ target, action: operation, kind: status, throttled, seconds }) {
      const { administrator, service, region } = target;
      series.awsCalls.inc({ administrator, service, region, operation, status });
      if (throttled) {
        series.awsThrottles.inc({ administrator, service, region, operation });
      }
      series.awsCallSeconds.observe({ service, operation, status }, seconds);
    },
    httpAnswered({ method, route, status, seconds, operation, errors }) {
      const knownMethod = METHODS.includes(method) ? method : 'OTHER';
      const labels = { method: knownMethod, route: route ?? 'none', status: String(status) };
      series.httpSeconds.observe(labels, seconds);
      if (operation !== null) {
        series.operationSeconds.observe({ type: operation }, seconds);
      }
      for (const [code, count] of Object.entries(errors)) {
        series.errors.inc({ code }, count);
      }
    },
    attemptDenied(code) {
      series.deniedAttempts.inc({ code });
    },
    budgetRefused() {
      series.budgetRefusals.inc();
    },
    connectionClosed() {
      series.closedConnections.inc();
    },
    async scrape() {
      await record.update();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
