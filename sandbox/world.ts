import { createHash } from 'node:crypto';
import type { Member } from './member.js';
import { createMemberRegister, type MemberRegister } from './members.js';
import { scopeKey, type Scope, type Service } from './scope.js';
import type { Settings } from './settings.js';
import { RESULT_TEXTS } from './texts.js';

/** What the sandbox keeps over a restart, as JSON. */
export interface WorldSnapshot {
  readonly detectors: readonly { account: string; region: string; detectorId: string | null }[];
  readonly scopes: readonly {
    account: string;
    region: string;
    service: Service;
    members: readonly Member[];
  }[];
}

/** Everything accounts own: detectors and members, apart for every account, region and service. */
export interface World {
  /** The register of a scope, empty when nobody has used it yet. */
  register(scope: Scope): MemberRegister;
  /** GuardDuty's detector of an account and region; null where GuardDuty is not enabled. */
  detectorId(account: string, region: string): string | null;
  /** Puts another detector in place, or none. */
  setDetector(account: string, region: string, detectorId: string | null): void;
  /** Whether Security Hub is enabled in a region. */
  hubEnabled(region: string): boolean;
  snapshot(): WorldSnapshot;
  restore(snapshot: WorldSnapshot): void;
  clear(): void;
}

export function createWorld(settings: () => Settings): World {
  const scopes = new Map<string, { scope: Scope; register: MemberRegister }>();
  const detectors = new Map<string, { account: string; region: string; detectorId: string | null }>();

  const register = (scope: Scope): MemberRegister => {
    const key = scopeKey(scope);
    const known = scopes.get(key);
    if (known) {
      return known.register;
    }
    const fresh = createMemberRegister({
      account: scope.account,
      texts: RESULT_TEXTS[scope.service],
      ceilings: () => settings().ceilings[scope.service],
    });
    scopes.set(key, { scope, register: fresh });
    return fresh;
  };
  const setDetector = (account: string, region: string, detectorId: string | null): void => {
    detectors.set(`${account}/${region}`, { account, region, detectorId });
  };
  const clear = (): void => {
    scopes.clear();
    detectors.clear();
  };

  return {
    register,
    detectorId(account, region) {
      const placed = detectors.get(`${account}/${region}`);
      if (placed) {
        return placed.detectorId;
      }
      return settings().regions[region] === 'not-enabled' ? null : detectorIdOf(account, region);
    },
    setDetector,
    hubEnabled: (region) => settings().regions[region] !== 'not-enabled',
    snapshot: () => ({
      detectors: [...detectors.values()],
      scopes: [...scopes.values()].map(({ scope: { account, region, service }, register }) => ({
        account,
        region,
        service,
        members: [...register.all()],
      })),
    }),
    restore(snapshot) {
      clear();
      for (const { account, region, detectorId } of snapshot.detectors) {
        setDetector(account, region, detectorId);
      }
      for (const { members, ...scope } of snapshot.scopes) {
        const own = register(scope);
        for (const member of members) {
          own.put(member);
        }
      }
    },
    clear,
  };
}

/** The detector an account has in a region from the start: 32 hexadecimal digits that never change. */
export const detectorIdOf = (account: string, region: string): string =>
  createHash('sha256').update(`${account}/${region}`).digest('hex').slice(0, 32);
