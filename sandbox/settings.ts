import type { Service, SignedService } from './scope.js';

/**
 * How a region stands, for every account:
 * - `on`: open, and both services enabled, as every region not named is
 * - `off`: an opt-in region that was not opted into; every signature is refused as unknown
 * - `denied`: a service control policy denies every action
 * - `not-enabled`: neither service is enabled: GuardDuty has no detector, Security Hub no subscription
 */
export const REGION_STATES = ['on', 'off', 'denied', 'not-enabled'] as const;
export type RegionState = (typeof REGION_STATES)[number];

/** What a role wants of those who assume it. */
export interface RoleRule {
  /** Refuse everyone. */
  readonly denied?: boolean | undefined;
  /** Refuse whoever does not give this external id. */
  readonly externalId?: string | undefined;
}

/** How many members and unanswered invitations an account may have in a region; null: no ceiling. */
export interface Ceilings {
  readonly members: number | null;
  readonly invitations: number | null;
}

/** How fast an account may call a service in a region: `perSecond` on average, `burst` at once; null: no limit. */
export type Rate = { readonly perSecond: number; readonly burst: number } | null;

/** Time an answer takes on its way back, in milliseconds: `ms`, plus up to `jitterMs` at random. */
export interface Delay {
  readonly ms: number;
  readonly jitterMs: number;
}

/** A delay for the calls that it matches; what is not named matches everything. */
export interface DelayRule extends Delay {
  readonly service?: SignedService | undefined;
  readonly region?: string | undefined;
}

/** How the sandbox behaves, apart from magic account ids and faults. All of it can be changed while it runs. */
export interface Settings {
  /** Regions that are not simply on, by name. */
  readonly regions: Readonly<Record<string, RegionState>>;
  /** Roles that are not open to everyone, by role name. */
  readonly roles: Readonly<Record<string, RoleRule>>;
  readonly ceilings: Readonly<Record<Service, Ceilings>>;
  /** What Security Hub does with more than 50 accounts: refuse the call, or leave the 51st and later unprocessed, as it used to. */
  readonly securityHubAboveLimit: 'refuse' | 'unprocessed';
}

/** Settings as the sandbox starts with them; see UPSTREAMS.md, "Both", for the ceilings. */
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
};

/** Rates as the sandbox starts with them; see UPSTREAMS.md, "Both": Security Hub's are documented, GuardDuty's assumed. */
export const DEFAULT_RATES: Readonly<Record<Service, Rate>> = {
  guardduty: { perSecond: 5, burst: 10 },
  securityhub: { perSecond: 10, burst: 30 },
};
