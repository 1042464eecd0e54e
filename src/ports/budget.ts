/** The points that each caller has spent in the current window, counted for all replicas together. */
export interface BudgetStore {
  /**
   * Counts points of a caller and resolves with its budget. `remaining` is negative when more points were spent than the
   * budget has; those points are counted too.
   */
  consume(callerKey: string, points: number): Promise<{ remaining: number; resetMs: number }>;
  /** Takes back points that were counted for an operation that was refused. */
  refund(callerKey: string, points: number): Promise<void>;
}
