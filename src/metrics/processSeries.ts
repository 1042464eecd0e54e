import { Counter, Histogram, type Registry } from 'prom-client';

/** Upper bounds in seconds: from a fast read to a mutation with the longest `waitSeconds`. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];

/** Registers the series of this process; each replica has its own. */
export function createProcessSeries(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Histogram({ name, help, labelNames, buckets: BUCKETS, registers });
  return {
    requests: counter(
      'membership_requests_accepted_total',
      'Requests that this process recorded.',
      'operation',
    ),
    awsCalls: counter(
      'membership_aws_calls_total',
      'Calls of this process to GuardDuty and Security Hub, by status.',
      ...['administrator', 'service', 'region', 'operation', 'status'],
    ),
    awsThrottles: counter(
      'membership_aws_throttles_total',
      'Calls that the service answered with throttling.',
      ...['administrator', 'service', 'region', 'operation'],
    ),
    awsCallSeconds: histogram(
      'membership_aws_call_duration_seconds',
      'Duration of calls, from sending to the answer.',
      ...['service', 'operation', 'status'],
    ),
    httpSeconds: histogram(
      'membership_http_request_duration_seconds',
      'Duration of HTTP requests; the route "none" stands for addresses without a route.',
      ...['method', 'route', 'status'],
    ),
    operationSeconds: histogram(
      'membership_graphql_operation_duration_seconds',
      'Duration of GraphQL operations; for a subscription, the time it was open.',
      'type',
    ),
    errors: counter('membership_graphql_errors_total', 'Errors in answers, by extensions.code.', 'code'),
    deniedAttempts: counter('membership_denied_attempts_total', 'Attempts that were denied.', 'code'),
    closedConnections: counter(
      'membership_http_connections_closed_total',
      'HTTP connections closed because MAX_CONNECTIONS were open.',
    ),
    budgetRefusals: counter(
      'membership_budget_refusals_total',
      "Operations refused because their caller's budget was used up.",
    ),
  };
}
