import {
  context,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { GatewayError } from '../errors.js';
import type { TargetAddress } from '../membership.js';

/** The tracer of the gateway. */
export function gatewayTracer(): Tracer {
  return trace.getTracer('membership-gateway');
}

/**
 * Attributes of the gateway's own; all others are OpenTelemetry's semantic conventions. Ids, names of the configuration, words
 * of closed lists and counts: never accounts, e-mail addresses, callers, tokens or texts of a service.
 */
export const ATTRIBUTES = {
  request: 'membership.request.id',
  call: 'membership.call.id',
  operation: 'membership.operation',
  administrator: 'membership.administrator',
  service: 'membership.service',
  accounts: 'membership.accounts',
  targets: 'membership.targets',
  unprocessed: 'membership.unprocessed',
  /** `ANSWERED`, `ACKNOWLEDGED`, `READ`, `REFUSED` or `UNANSWERED`. */
  answer: 'membership.answer',
  /** `SETTLED`, `LOST` or `REJECTED`. */
  settlement: 'membership.settlement',
} as const;

export function targetAttributes({ administrator, service, region }: TargetAddress): Attributes {
  return {
    [ATTRIBUTES.administrator]: administrator,
    [ATTRIBUTES.service]: service,
    'cloud.region': region,
  };
}

/** Runs `work` with the span as the active one. What it throws marks the span as failed. The caller ends the span. */
export async function within<Result>(
  span: Span,
  parent: Context,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    fail(span, codeOf(error));
    throw error;
  }
}

/** Marks a span as failed, with a code and no message: messages may repeat what callers sent. */
export function fail(span: Span, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function codeOf(error: unknown): string {
  if (error instanceof GatewayError) {
    return error.code;
  }
  return error instanceof Error ? error.name : '_OTHER';
}
