import { Counter, Gauge, type Registry } from 'prom-client';
import type { SecurityService } from '../membership.js';
import type { Gauges, LaneGauge, SettledGauge } from '../ports/gauges.js';
import type { Rate } from '../ports/laneRecord.js';

/** The rate of each service, as calls leave. */
export type Rates = Readonly<Record<SecurityService, Rate>>;

/** How long what was read of the record is shown without reading it again, in milliseconds. */
const FRESH_MS = 1_000;

const HOUR_MS = 3_600_000;
const LANE = ['administrator', 'service', 'region'];

/** The series that come from the record: they are of all replicas, and each shows the same. */
export interface RecordMetrics {
  /** Reads the record, unless that was done a moment ago. When it cannot be read, says so in a series of its own. */
  update(): Promise<void>;
}

export function createRecordMetrics(registry: Registry, gauges: Gauges, rates: Rates): RecordMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: readonly string[] = LANE) =>
    new Gauge({ name, help, labelNames, registers });
  const up = gauge('membership_record_up', 'Whether the record could be read for this scrape.', []);
  const pending = gauge('membership_lane_pending_outcomes', 'Outcomes that wait to be sent.');
  const oldest = gauge(
    'membership_lane_oldest_pending_seconds',
    'Age of the oldest request with an outcome that waits to be sent; 0 without one.',
  );
  const used = gauge(
    'membership_lane_rate_used_ratio',
    'How much of the burst of the lane is spent, of 1; at 1 requests wait for their turn.',
  );
  const limit = gauge(
    'membership_lane_rate_limit_per_second',
    'Requests that may leave in a second, sustained.',
  );
  const connections = gauge(
    'membership_database_connections',
    'Connections of this process to PostgreSQL for ordinary reads and writes.',
    ['state'],
  );
  const waiting = gauge('membership_database_waiting', 'Statements that wait for a connection.', []);
  const outcomes = new Counter({
    name: 'membership_outcomes_settled_total',
    help: 'Outcomes that settled, at all replicas, since the hour in which this process started.',
    labelNames: [...LANE, 'operation', 'status', 'reason'],
    registers,
  });
  const settled = createSettled(new Date());
  let updatedAt = -Infinity;
  let updating: Promise<void> | null = null;

  const showLanes = (lanes: readonly LaneGauge[]): void => {
    for (const series of [pending, oldest, used, limit]) {
      series.reset();
    }
    for (const lane of lanes) {
      const { administrator, service, region } = lane;
      const labels = { administrator, service, region };
      const { perSecond, burst } = rates[service];
      pending.set(labels, lane.pending);
      oldest.set(labels, lane.oldestSeconds);
      used.set(labels, Math.min(1, (lane.behindSeconds * perSecond) / burst));
      limit.set(labels, perSecond);
    }
  };

  const read = async (): Promise<void> => {
    try {
      const [lanes, rows] = await Promise.all([gauges.lanes(), gauges.settled(settled.from())]);
      showLanes(lanes);
      outcomes.reset();
      for (const { outcomes: count, hour: _hour, ...labels } of settled.add(rows)) {
        outcomes.inc(labels, count);
      }
      updatedAt = performance.now();
      up.set(1);
    } catch {
      up.set(0);
    }
  };

  return {
    async update() {
      const { total, idle, waiting: queued } = gauges.pool();
      connections.set({ state: 'idle' }, idle);
      connections.set({ state: 'used' }, total - idle);
      waiting.set(queued);
      if (performance.now() - updatedAt < FRESH_MS) {
        return;
      }
      updating ??= read().finally(() => (updating = null));
      await updating;
    },
  };
}

/**
 * Adds up what settled. An hour counts as over when another has passed since: until then it is read again every time, and
 * afterwards never, so that a scrape reads two or three hours however long the process runs.
 */
function createSettled(startedAt: Date) {
  let from = hourOf(startedAt.getTime());
  const over = new Map<string, SettledGauge>();
  return {
    from: () => from,
    /** @returns everything so far: what is over, and these rows. */
    add(rows: readonly SettledGauge[]): SettledGauge[] {
      const all = new Map(over);
      const next = hourOf(Date.now() - HOUR_MS);
      for (const row of rows) {
        sum(all, row);
        if (row.hour < next) {
          sum(over, row);
        }
      }
      if (next > from) {
        from = next;
      }
      return [...all.values()];
    },
  };
}

function sum(totals: Map<string, SettledGauge>, row: SettledGauge): void {
  const { administrator, service, region, operation, status, reason } = row;
  const key = JSON.stringify([administrator, service, region, operation, status, reason]);
  totals.set(key, { ...row, outcomes: row.outcomes + (totals.get(key)?.outcomes ?? 0) });
}

function hourOf(time: number): Date {
  return new Date(Math.floor(time / HOUR_MS) * HOUR_MS);
}
