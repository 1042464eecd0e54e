import { createHash } from 'node:crypto';
import type { Member } from '../members/member.js';
import { createMemberList, type MemberList } from '../members/memberList.js';
import { scopeKey, type Scope, type Service } from '../scope.js';
import type { Settings } from '../settings.js';
import { RESULT_TEXTS } from '../members/texts.js';

/** The content of the state file. */
export interface StateSnapshot {
  readonly detectors: readonly { account: string; region: string; detectorId: string | null }[];
  readonly scopes: readonly {
    account: string;
    region: string;
    service: Service;
    members: readonly Member[];
  }[];
}

/** The detectors and members of all accounts, by account, region and service. */
export interface SandboxState {
  /** Returns the member list of a scope; an empty one at first use. */
  memberList(scope: Scope): MemberList;
  /** Returns GuardDuty's detector of an account in a region; null if GuardDuty is not enabled. */
  detectorId(account: string, region: string): string | null;
  /** Replaces the detector; null removes it. */
  setDetector(account: string, region: string, detectorId: string | null): void;
  /** Returns whether Security Hub is enabled in a region. */
  hubEnabled(region: string): boolean;
  snapshot(): StateSnapshot;
  restore(snapshot: StateSnapshot): void;
  clear(): void;
}

/** Returns the state without members. */
export function createSandboxState(settings: () => Settings): SandboxState {
  const scopes = new Map<string, { scope: Scope; list: MemberList }>();
  const detectors = new Map<string, { account: string; region: string; detectorId: string | null }>();

  const memberList = (scope: Scope): MemberList => {
    const key = scopeKey(scope);
    const known = scopes.get(key);
    if (known) {
      return known.list;
    }
    const list = createMemberList({
      account: scope.account,
      texts: RESULT_TEXTS[scope.service],
      ceilings: () => settings().ceilings[scope.service],
    });
    scopes.set(key, { scope, list });
    return list;
  };
  const setDetector = (account: string, region: string, detectorId: string | null): void => {
    detectors.set(`${account}/${region}`, { account, region, detectorId });
  };
  const clear = (): void => {
    scopes.clear();
    detectors.clear();
  };

  return {
    memberList,
    detectorId(account, region) {
      const replaced = detectors.get(`${account}/${region}`);
      if (replaced) {
        return replaced.detectorId;
      }
      return settings().regions[region] === 'not-enabled' ? null : detectorIdOf(account, region);
    },
    setDetector,
    hubEnabled: (region) => settings().regions[region] !== 'not-enabled',
    snapshot: () => ({
      detectors: [...detectors.values()],
      scopes: [...scopes.values()].map(({ scope: { account, region, service }, list }) => ({
        account,
        region,
        service,
        members: [...list.all()],
      })),
    }),
    restore(snapshot) {
      clear();
      for (const { account, region, detectorId } of snapshot.detectors) {
        setDetector(account, region, detectorId);
      }
      for (const { members, ...scope } of snapshot.scopes) {
        const list = memberList(scope);
        for (const member of members) {
          list.put(member);
        }
      }
    },
    clear,
  };
}

/** Returns the detector that an account has in a region at the start: always the same 32 hexadecimal digits. */
export const detectorIdOf = (account: string, region: string): string =>
  createHash('sha256').update(`${account}/${region}`).digest('hex').slice(0, 32);
