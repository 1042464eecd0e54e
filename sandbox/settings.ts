import type { SignedService } from './operations.js';
import type { Service } from './scope.js';

/**
 * The state of a region, for every account:
 * - `on`: both services are enabled; the default
 * - `off`: an opt-in region that is not enabled; every signature is refused as unknown
 * - `denied`: a service control policy denies every action
 * - `not-enabled`: neither service is enabled: GuardDuty has no detector, Security Hub no subscription
 */
export const REGION_STATES = ['on', 'off', 'denied', 'not-enabled'] as const;
export type RegionState = (typeof REGION_STATES)[number];

/** The conditions of a role. */
export interface RoleRule {
  /** Refuses every caller. */
  readonly denied?: boolean | undefined;
  /** Refuses callers without this external id. */
  readonly externalId?: string | undefined;
}

/** Maximum members and open invitations of an account in a region; null means no limit. */
export interface Ceilings {
  readonly members: number | null;
  readonly invitations: number | null;
}

/** The rate limit of an account at a service in a region: `perSecond` on average, `burst` at once; null means no limit. */
export type Rate = { readonly perSecond: number; readonly burst: number } | null;

/** The delay of an answer in milliseconds: `ms` plus a random part of up to `jitterMs`. */
export interface Delay {
  readonly ms: number;
  readonly jitterMs: number;
}

/** The delay for one service or region. A missing condition matches every call. */
export interface DelayRule extends Delay {
  readonly service?: SignedService | undefined;
  readonly region?: string | undefined;
}

/** The settings that the control API can change. */
export interface Settings {
  /** The states of regions by name; others are `on`. */
  readonly regions: Readonly<Record<string, RegionState>>;
  /** The conditions of roles by name; others have none. */
  readonly roles: Readonly<Record<string, RoleRule>>;
  readonly ceilings: Readonly<Record<Service, Ceilings>>;
  /** Security Hub's answer to more than 50 accounts: refuse the call or, as in the past, leave the 51st and later unprocessed. */
  readonly securityHubAboveLimit: 'refuse' | 'unprocessed';
  /** Whether an empty page with a token comes before every page of Organizations' ListAccounts. */
  readonly emptyAccountPages: boolean;
}

/** The settings at the start. The ceilings are in UPSTREAMS.md, "Both". */
export const DEFAULT_SETTINGS: Settings = {
  regions: { 'ap-east-1': 'off', 'eu-south-1': 'denied', 'sa-east-1': 'not-enabled' },
  roles: {
    SandboxExternalId: { externalId: 'sandbox-external-id' },
    SandboxAccessDenied: { denied: true },
  },
  ceilings: {
    guardduty: { members: 50_000, invitations: null },
    securityhub: { members: 10_000, invitations: 1_000 },
  },
  securityHubAboveLimit: 'refuse',
  emptyAccountPages: false,
};

/** The rates at the start (UPSTREAMS.md, "Both"): documented for Security Hub, assumed for GuardDuty. */
export const DEFAULT_RATES: Readonly<Record<Service, Rate>> = {
  guardduty: { perSecond: 5, burst: 10 },
  securityhub: { perSecond: 10, burst: 30 },
};
