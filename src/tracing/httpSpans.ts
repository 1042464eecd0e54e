import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { HttpTracing } from '../ports/tracing.js';
import { fail, gatewayTracer } from './spans.js';
import { toTraceparent } from './spanContexts.js';

/** The methods that a span names; a client may send any, so all others are `HTTP` (OpenTelemetry's conventions for HTTP). */
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'];

/** Longest name of an operation in an attribute, in characters: clients choose it. */
const MAX_NAME_LENGTH = 100;

/** Spans of HTTP requests. A span that an instrumentation has begun for the same request becomes their parent. */
export function createHttpTracing(): HttpTracing {
  return {
    begin({ method, route, headers }) {
      const isKnown = METHODS.includes(method);
      const parent =
        trace.getActiveSpan() === undefined ? propagation.extract(ROOT_CONTEXT, headers) : context.active();
      const span = gatewayTracer().startSpan(
        [isKnown ? method : 'HTTP', ...(route === null ? [] : [route])].join(' '),
        {
          kind: SpanKind.SERVER,
          attributes: {
            'http.request.method': isKnown ? method : '_OTHER',
            ...(route === null ? {} : { 'http.route': route }),
          },
        },
        parent,
      );
      return {
        traceparent: toTraceparent(span.spanContext()),
        run: (work) => context.with(trace.setSpan(parent, span), work),
        end({ status, operation, errorCodes }) {
          span.setAttribute('http.response.status_code', status);
          if (operation !== null) {
            span.setAttribute('graphql.operation.type', operation.type);
          }
          if (operation?.name) {
            span.setAttribute('graphql.operation.name', operation.name.slice(0, MAX_NAME_LENGTH));
          }
          const [code] = status >= 500 ? [String(status)] : errorCodes;
          if (code !== undefined) {
            fail(span, code);
          }
          span.end();
        },
      };
    },
  };
}
