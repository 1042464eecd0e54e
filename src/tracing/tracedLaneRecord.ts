import type { Span } from '@opentelemetry/api';
import type { ClaimedCall, LaneRecord, Settlement, Tenure } from '../ports/laneRecord.js';
import type { CallTraces } from './callTraces.js';
import { ATTRIBUTES, fail, gatewayTracer, targetAttributes } from './spans.js';

/** The same record, with a span `claim` for each claimed call and a span `settle` for each call of a settlement. */
export function traceLaneRecord(record: LaneRecord, calls: CallTraces): LaneRecord {
  return {
    ...record,
    async claim(tenure, limits) {
      const startTime = Date.now();
      const claimed = await record.claim(tenure, limits);
      for (const call of claimed) {
        traceClaim(tenure, call, calls, startTime);
      }
      return claimed;
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

function traceClaim({ lane }: Tenure, call: ClaimedCall, calls: CallTraces, startTime: number): void {
  const span = gatewayTracer().startSpan(`claim ${call.operation}`, {
    startTime,
    root: true,
    attributes: {
      ...targetAttributes(lane),
      [ATTRIBUTES.call]: call.callId,
      [ATTRIBUTES.operation]: call.operation,
      [ATTRIBUTES.accounts]: call.accounts.length,
    },
  });
  calls.began(call.callId, span);
  calls.endWithLinks(call.callId, span);
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
