import { Counter, Gauge, type Registry } from 'prom-client';
import type { SecurityService } from '../membership.js';
import type { Gauges, LaneGauge, PoolGauge } from '../ports/gauges.js';
import type { Rate } from '../ports/laneRecord.js';
import { createSettledTotals } from './settledTotals.js';

/** The rate of calls to each service. */
export type Rates = Readonly<Record<SecurityService, Rate>>;

/** Shortest time between two reads of the record, in milliseconds. */
const MIN_READ_INTERVAL_MS = 1_000;

const LANE = ['administrator', 'service', 'region'];

/** The series that are read from PostgreSQL. Those of the record are the same at every replica. */
export interface RecordMetrics {
  /**
   * Updates the series; reads the record at most once in MIN_READ_INTERVAL_MS. When the record cannot be read,
   * `membership_record_up` is 0 and the other series keep their values.
   */
  update(): Promise<void>;
}

export function createRecordMetrics(registry: Registry, gauges: Gauges, rates: Rates): RecordMetrics {
  const series = createRecordSeries(registry);
  const totals = createSettledTotals();
  let updatedAt = -Infinity;
  let updating: Promise<void> | null = null;

  const read = async (): Promise<void> => {
    try {
      const [lanes, rows] = await Promise.all([gauges.lanes(), gauges.settled(totals.from())]);
      series.setLanes(lanes, rates);
      series.outcomes.reset();
      for (const { outcomes, hour: _hour, ...labels } of totals.add(rows)) {
        series.outcomes.inc(labels, outcomes);
      }
      updatedAt = performance.now();
      series.up.set(1);
    } catch {
      series.up.set(0);
    }
  };

  return {
    async update() {
      series.setPool(gauges.pool());
      if (performance.now() - updatedAt < MIN_READ_INTERVAL_MS) {
        return;
      }
      updating ??= read().finally(() => (updating = null));
      await updating;
    },
  };
}

function createRecordSeries(registry: Registry) {
  const registers = [registry];
  const gauge = createGauge(registry);
  const up = gauge('membership_record_up', 'Whether the record could be read for this scrape: 1 or 0.', []);
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
  return {
    up,
    outcomes,
    setLanes: createLaneSeries(registry),
    setPool({ total, idle, waiting: statements }: PoolGauge) {
      connections.set({ state: 'idle' }, idle);
      connections.set({ state: 'used' }, total - idle);
      waiting.set(statements);
    },
  };
}

/** The series with one value for each lane; returns a function that sets them all. */
function createLaneSeries(registry: Registry) {
  const gauge = createGauge(registry);
  const pending = gauge('membership_lane_pending_outcomes', 'Outcomes that wait to be sent.');
  const oldest = gauge(
    'membership_lane_oldest_pending_seconds',
    'Age of the oldest request with an outcome that waits to be sent; 0 without one.',
  );
  const underWay = gauge(
    'membership_lane_calls_under_way',
    'Calls without a settled answer: sent, or in doubt.',
  );
  const doubts = gauge('membership_lane_doubts', 'Calls in doubt: sent, answer lost, members not read back.');
  const oldestDoubt = gauge(
    'membership_lane_oldest_doubt_seconds',
    'Time since the oldest call in doubt was sent; 0 without one.',
  );
  const inventory = gauge(
    'membership_inventory_age_seconds',
    'Age of the inventory; no series for a target that was never listed whole.',
  );
  const used = gauge(
    'membership_lane_rate_used_ratio',
    'Used share of the burst of the lane, 0 to 1; at 1 calls wait.',
  );
  const limit = gauge('membership_lane_rate_limit_per_second', 'Calls per second, sustained.');
  return (lanes: readonly LaneGauge[], rates: Rates): void => {
    for (const series of [pending, oldest, underWay, doubts, oldestDoubt, inventory, used, limit]) {
      series.reset();
    }
    for (const lane of lanes) {
      const { administrator, service, region } = lane;
      const labels = { administrator, service, region };
      const { perSecond, burst } = rates[service];
      pending.set(labels, lane.pending);
      oldest.set(labels, lane.oldestSeconds);
      underWay.set(labels, lane.callsUnderWay);
      doubts.set(labels, lane.doubts);
      oldestDoubt.set(labels, lane.oldestDoubtSeconds);
      if (lane.inventorySeconds !== null) {
        inventory.set(labels, lane.inventorySeconds);
      }
      used.set(labels, Math.min(1, (lane.secondsToFullBurst * perSecond) / burst));
      limit.set(labels, perSecond);
    }
  };
}

function createGauge(registry: Registry) {
  return (name: string, help: string, labelNames: readonly string[] = LANE) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
}
