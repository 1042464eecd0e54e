import type { MembershipOperation, SecurityService } from '../../src/membership.js';
import { planMutations } from './planMutations.js';
import { planTroubles } from './planTroubles.js';
import { createRandom } from './random.js';
import type { Weather } from './weather.js';

/** A mutation that a client is to send. Times are milliseconds from the beginning. */
export type PlannedMutation = {
  readonly at: number;
  /** Names it, in the plan and in the record. */
  readonly note: string;
  /** The client sends it again under its key until it is answered; without one, once. */
  readonly idempotencyKey: string | null;
  readonly waitSeconds: number;
  /** The client breaks its connection after this number of milliseconds; null: it waits. */
  readonly hangUpAfter: number | null;
} & (PlannedRequest | PlannedRetry);

/** A request for accounts of its own. */
export interface PlannedRequest {
  readonly kind: 'REQUEST';
  readonly operation: MembershipOperation;
  readonly accountIds: readonly string[];
  readonly services: readonly SecurityService[];
  readonly regions: readonly string[];
}

/** A retry of the request that an earlier mutation made, if it made one. */
export interface PlannedRetry {
  readonly kind: 'RETRY';
  readonly of: string;
  readonly onlyRetryable: boolean;
}

/** A cancellation of the request that an earlier mutation made, if it made one. */
export interface PlannedCancel {
  readonly at: number;
  readonly of: string;
}

/** What goes wrong. A kill is `kill -9`; what was killed is started again after `downMs`. */
export type PlannedTrouble = { readonly at: number } & (
  | { readonly kind: 'KILL_GATEWAY'; readonly replica: number; readonly downMs: number }
  | { readonly kind: 'KILL_ALL_GATEWAYS'; readonly downMs: number }
  | { readonly kind: 'KILL_POSTGRES'; readonly downMs: number }
  /** The primary is killed, and its standby promoted after `downMs`. */
  | { readonly kind: 'FAIL_OVER'; readonly downMs: number }
  /** The primary becomes read-only, and its standby is promoted after `downMs`. */
  | { readonly kind: 'SWITCH_OVER'; readonly downMs: number }
  /** SIGSTOP, and SIGCONT after `forMs`. */
  | { readonly kind: 'FREEZE_GATEWAY'; readonly replica: number; readonly forMs: number }
  /** One gateway's connections to PostgreSQL pass nothing for this time. */
  | { readonly kind: 'CUT_OFF_GATEWAY'; readonly replica: number; readonly forMs: number }
  /** No gateway's connections to PostgreSQL pass anything. */
  | { readonly kind: 'CUT_OFF_POSTGRES'; readonly forMs: number }
  /** Every connection to PostgreSQL is reset. */
  | { readonly kind: 'RESET_POSTGRES' }
  /** How the services behave from now on. */
  | { readonly kind: 'WEATHER'; readonly weather: Weather }
);

/** A run, as far as it can be planned: what becomes of it depends on the machine's timing too. */
export interface Plan {
  readonly mutations: readonly PlannedMutation[];
  readonly cancels: readonly PlannedCancel[];
  readonly troubles: readonly PlannedTrouble[];
}

/** What a plan is made from. */
export interface PlanOptions {
  readonly seed: number;
  /** How many times something is killed. */
  readonly kills: number;
  readonly replicas: number;
  /** Longest pause between two kills, in milliseconds. */
  readonly longestPauseMs: number;
  /** Whether answers may hang until the gateway gives up on them, after 30 seconds. */
  readonly hangs: boolean;
}

/** Draws up a plan; the same options make the same plan. */
export function drawUpPlan(options: PlanOptions): Plan {
  const random = createRandom(options.seed);
  const { troubles, endsAt } = planTroubles(random, options);
  return { troubles, ...planMutations(random, endsAt) };
}
