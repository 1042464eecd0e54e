import { LANE_CONNECTIONS, RECORD_CONNECTIONS } from '../store/connection/client.js';
import { JOB_CONNECTIONS } from '../store/connection/jobDatabase.js';
import { MAX_EXPORTS } from '../store/history/exports.js';

/** Most connections of one replica to PostgreSQL, by purpose. docs/limits.md shows the table to operators. */
export const DATABASE_CONNECTIONS = {
  /** Reads and writes of the record, and the budgets of callers. */
  record: RECORD_CONNECTIONS,
  /** Claims and settlements of the lanes' workers. */
  lanes: LANE_CONNECTIONS,
  /** pg-boss: the jobs of lanes and of the inventory, and the LISTEN that announces jobs. */
  jobs: JOB_CONNECTIONS,
  /** One for each export, for as long as its client reads. Exports never take a connection of the record. */
  exports: MAX_EXPORTS,
  /** LISTEN for wake-ups of lanes and for finished requests; also the sign of life of the replica. */
  listening: 1,
} as const;

/** Most connections of one replica to PostgreSQL. */
export const MAX_DATABASE_CONNECTIONS = Object.values(DATABASE_CONNECTIONS).reduce((sum, each) => sum + each);
