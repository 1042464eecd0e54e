/** What each caller has left of its budget, counted for all replicas together. */
export interface BudgetStore {
  /**
   * Takes points from a caller's budget for the current window. `remaining` is negative by as much as was taken beyond
   * it; the points stay taken.
   */
  take(callerKey: string, points: number): Promise<{ remaining: number; resetMs: number }>;
  close(): Promise<void>;
}
