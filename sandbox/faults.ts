import type { Fault } from './fault.js';
import { createRandom, type Random } from './random.js';
import type { CallScope, OperationName, SignedService } from './scope.js';

/** Calls to be struck by a fault. What `match` does not name matches every call. */
export interface FaultRule {
  readonly match: {
    readonly service?: SignedService | undefined;
    readonly region?: string | undefined;
    readonly operation?: OperationName | undefined;
    /** The calling account. */
    readonly account?: string | undefined;
    /** A member account that the call names. */
    readonly accountId?: string | undefined;
  };
  readonly fault: Fault;
  /** How many calls are struck before the rule is spent; without it, there is no end. */
  readonly times?: number | undefined;
  /** The share of matching calls that is struck, 0 to 1; without it, all. */
  readonly probability?: number | undefined;
  /** Starts the random numbers behind `probability`, so that a run can be repeated; 1 without it. */
  readonly seed?: number | undefined;
  /** How much later the answer goes out or is cut off, in milliseconds; without it, 1000 for `slow` and 0 for the others. */
  readonly ms?: number | undefined;
}

/** A fault rule and how many calls it has struck. */
export interface FaultState {
  readonly rule: FaultRule;
  readonly hits: number;
}

/** What strikes a call. */
export interface Strike {
  readonly fault: Fault;
  /** How much later the answer goes out or is cut off, in milliseconds. */
  readonly ms: number;
}

/** The fault rules in force, set by the control API. */
export interface FaultRules {
  /** Puts these rules in place of all others; their counts start at zero. */
  replace(rules: readonly FaultRule[]): void;
  /** The first rule that strikes this call, if any does. Asking counts. */
  strike(scope: CallScope, operation: OperationName, accountIds: readonly string[]): Strike | undefined;
  state(): FaultState[];
}

const SLOW_MS = 1000;

export function createFaultRules(): FaultRules {
  let armed: { rule: FaultRule; hits: number; random: Random }[] = [];

  return {
    replace(rules) {
      armed = rules.map((rule) => ({ rule, hits: 0, random: createRandom(rule.seed ?? 1) }));
    },
    strike(scope, operation, accountIds) {
      const struck = armed.find(
        ({ rule, hits, random }) =>
          hits < (rule.times ?? Infinity) &&
          matches(rule.match, scope, operation, accountIds) &&
          random() < (rule.probability ?? 1),
      );
      if (!struck) {
        return undefined;
      }
      struck.hits++;
      const { fault, ms = fault === 'slow' ? SLOW_MS : 0 } = struck.rule;
      return { fault, ms };
    },
    state: () => armed.map(({ rule, hits }) => ({ rule, hits })),
  };
}

const matches = (
  match: FaultRule['match'],
  scope: CallScope,
  operation: OperationName,
  accountIds: readonly string[],
): boolean =>
  (match.service ?? scope.service) === scope.service &&
  (match.region ?? scope.region) === scope.region &&
  (match.account ?? scope.account) === scope.account &&
  (match.operation ?? operation) === operation &&
  (match.accountId === undefined || accountIds.includes(match.accountId));
