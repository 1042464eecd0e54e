import { ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import type { LaneRecord, Settlement } from '../ports/laneRecord.js';
import type { CallTraces } from './callTraces.js';
import { ATTRIBUTES, fail, gatewayTracer, targetAttributes, within } from './spans.js';

/** The same record, with a span `claim` for each claimed call and a span `settle` for each call of a settlement. */
export function traceLaneRecord(record: LaneRecord, calls: CallTraces): LaneRecord {
  return {
    ...record,
    async claim(tenure, limits) {
      const attributes = targetAttributes(tenure.lane);
      const span = gatewayTracer().startSpan('claim', { attributes, root: true });
      const call = await within(span, ROOT_CONTEXT, () => record.claim(tenure, limits));
      // A lane looks for work again and again. A span that does not end is not exported.
      if (call !== null) {
        calls.began(call.callId, span);
        span.updateName(`claim ${call.operation}`);
        span.setAttributes({
          [ATTRIBUTES.call]: call.callId,
          [ATTRIBUTES.operation]: call.operation,
          [ATTRIBUTES.accounts]: call.accounts.length,
        });
        calls.endWithLinks(call.callId, span);
      }
      return call;
    },
    async settle(tenure, settlements, delays) {
      const spans = settlements.map((settlement) => beginSettle(settlement, calls));
      let end: Awaited<ReturnType<LaneRecord['settle']>> | 'FAILED' = 'FAILED';
      try {
        end = await record.settle(tenure, settlements, delays);
        return end;
      } finally {
        for (const span of spans) {
          endSettle(span, end);
        }
        for (const { callId, defaultVerdict } of settlements) {
          if (end === 'SETTLED' && defaultVerdict !== null) {
            calls.settled(callId);
          }
        }
      }
    },
  };
}

function beginSettle({ callId, status }: Settlement, calls: CallTraces): Span {
  const attributes = { [ATTRIBUTES.call]: callId, [ATTRIBUTES.answer]: status };
  const span = gatewayTracer().startSpan('settle', { attributes }, calls.parentOf(callId));
  calls.began(callId, span);
  return span;
}

function endSettle(span: Span, end: string): void {
  span.setAttribute(ATTRIBUTES.settlement, end);
  if (end !== 'SETTLED') {
    fail(span, end);
  }
  span.end();
}
