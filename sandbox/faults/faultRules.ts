import type { Fault } from './fault.js';
import { createRandom, type Random } from '../random.js';
import type { OperationName, SignedService } from '../operations.js';
import type { CallScope } from '../scope.js';

/** A fault for the calls that match. A condition that `match` does not have matches every call. */
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
  /** The number of calls that get the fault; unlimited by default. */
  readonly times?: number | undefined;
  /** The probability that a matching call gets the fault, 0 to 1; 1 by default. */
  readonly probability?: number | undefined;
  /** The seed of the random numbers for `probability`; 1 by default. */
  readonly seed?: number | undefined;
  /** The additional delay of the answer, in milliseconds; by default 1000 for `slow` and 0 for other faults. */
  readonly ms?: number | undefined;
}

/** A fault rule and the number of calls that got its fault. */
export interface FaultState {
  readonly rule: FaultRule;
  readonly hits: number;
}

/** The fault of a call. */
export interface CallFault {
  readonly fault: Fault;
  /** The additional delay of the answer, in milliseconds. */
  readonly ms: number;
}

/** The fault rules that the control API has set. */
export interface FaultRules {
  /** Replaces all rules. The new ones start with zero hits. */
  replace(rules: readonly FaultRule[]): void;
  /** Returns the fault of the first rule for this call, and counts a hit; undefined without one. */
  faultFor(scope: CallScope, operation: OperationName, accountIds: readonly string[]): CallFault | undefined;
  state(): FaultState[];
}

/** The delay of `slow`, in milliseconds. */
const SLOW_MS = 1000;

/** Returns an empty set of fault rules. */
export function createFaultRules(): FaultRules {
  let active: { rule: FaultRule; hits: number; random: Random }[] = [];

  return {
    replace(rules) {
      active = rules.map((rule) => ({ rule, hits: 0, random: createRandom(rule.seed ?? 1) }));
    },
    faultFor(scope, operation, accountIds) {
      const hit = active.find(
        ({ rule, hits, random }) =>
          hits < (rule.times ?? Infinity) &&
          matches(rule.match, scope, operation, accountIds) &&
          random() < (rule.probability ?? 1),
      );
      if (!hit) {
        return undefined;
      }
      hit.hits++;
      const { fault, ms = fault === 'slow' ? SLOW_MS : 0 } = hit.rule;
      return { fault, ms };
    },
    state: () => active.map(({ rule, hits }) => ({ rule, hits })),
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
