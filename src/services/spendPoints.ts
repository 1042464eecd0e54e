import type { Caller } from '../membership.js';

/**
 * Spends points of the caller's budget for work that only a service knows the size of. Rejects with `RATE_LIMITED` or
 * `LIMIT_EXCEEDED`, and spends nothing, when the budget has fewer; the work then does not begin.
 */
export type SpendPoints = (caller: Caller, points: number) => Promise<unknown>;

/** Points of one outcome: it is written when its request is recorded, and again when it settles. */
export const OUTCOME_POINTS = 2;

/** Points of one account at one target in a plan or a comparison, by measurement (bench/prices.ts). */
const COMPARED_ACCOUNT_POINTS = 1;

/** Points of a target whose members are listed: 10 to 20 calls of ListMembers, or 5,000 members of the inventory. */
export const LISTED_TARGET_POINTS = 1_000;

/** Points of a target in a coverage, which reads its members in the database: about 10,000 of them. */
export const COVERED_TARGET_POINTS = 350;

/** Most points of one aggregate: those of two million outcomes. The planner may expect far too much. */
const MAX_AGGREGATE_POINTS = 300_000;

/** Points of an aggregate over the record, by what the planner of PostgreSQL expects it to cost: a unit takes about a point. */
export function aggregatePoints(plannedCost: number): number {
  return Math.ceil(Math.min(plannedCost, MAX_AGGREGATE_POINTS));
}

/** Points of a plan or a comparison: each target is listed, and each account is compared at each target. */
export function comparisonPoints(accounts: number, targets: number): number {
  return targets * (LISTED_TARGET_POINTS + COMPARED_ACCOUNT_POINTS * accounts);
}
