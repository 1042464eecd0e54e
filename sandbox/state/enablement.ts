import { createHash } from 'node:crypto';
import type { Scope } from '../scope.js';
import type { Settings } from '../settings.js';

/** GuardDuty's detector of an account in a region; null if GuardDuty is not enabled. */
export interface DetectorEntry {
  readonly account: string;
  readonly region: string;
  readonly detectorId: string | null;
}

/** Whether Security Hub is enabled for an account in a region. */
export interface HubEntry {
  readonly account: string;
  readonly region: string;
  readonly enabled: boolean;
}

export interface EnablementChanges {
  readonly detectors: readonly DetectorEntry[];
  readonly hubs: readonly HubEntry[];
}

/** Where the services are enabled. Without a change, the state of the region in the settings decides, for every account. */
export interface Enablement {
  /** Returns GuardDuty's detector of an account in a region; null if GuardDuty is not enabled. */
  detectorId(account: string, region: string): string | null;
  /** Replaces the detector; null removes it. */
  setDetector(account: string, region: string, detectorId: string | null): void;
  /** Sets whether Security Hub is enabled for an account in a region. */
  setHub(account: string, region: string, enabled: boolean): void;
  isEnabled(scope: Scope): boolean;
  /** Enables the service, as a delegated administrator does for a member. Has no effect if it is enabled. */
  enable(scope: Scope, at: string): void;
  /** Returns the changes since the start. */
  changes(): EnablementChanges;
  restore(changes: EnablementChanges): void;
  clear(): void;
}

/** Returns the enablement of the start. */
export function createEnablement(settings: () => Settings): Enablement {
  const detectors = new Map<string, DetectorEntry>();
  const hubs = new Map<string, HubEntry>();
  const isEnabledAtStart = (region: string) => settings().regions[region] !== 'not-enabled';

  const detectorId = (account: string, region: string): string | null => {
    const changed = detectors.get(`${account}/${region}`);
    if (changed) {
      return changed.detectorId;
    }
    return isEnabledAtStart(region) ? detectorIdOf(account, region) : null;
  };
  const setDetector = (account: string, region: string, id: string | null): void => {
    detectors.set(`${account}/${region}`, { account, region, detectorId: id });
  };
  const setHub = (account: string, region: string, enabled: boolean): void => {
    hubs.set(`${account}/${region}`, { account, region, enabled });
  };
  const isEnabled = ({ account, region, service }: Scope): boolean =>
    service === 'guardduty'
      ? detectorId(account, region) !== null
      : (hubs.get(`${account}/${region}`)?.enabled ?? isEnabledAtStart(region));

  return {
    detectorId,
    setDetector,
    setHub,
    isEnabled,
    enable(scope, at) {
      const { account, region, service } = scope;
      if (isEnabled(scope)) {
        return;
      }
      if (service === 'guardduty') {
        setDetector(account, region, newDetectorId(account, region, at));
      } else {
        setHub(account, region, true);
      }
    },
    changes: () => ({ detectors: [...detectors.values()], hubs: [...hubs.values()] }),
    restore(changes) {
      for (const { account, region, detectorId: id } of changes.detectors) {
        setDetector(account, region, id);
      }
      for (const { account, region, enabled } of changes.hubs) {
        setHub(account, region, enabled);
      }
    },
    clear() {
      detectors.clear();
      hubs.clear();
    },
  };
}

/** Returns the detector that an account has in a region at the start: always the same 32 hexadecimal digits. */
const detectorIdOf = (account: string, region: string): string => hexOf(`${account}/${region}`);

/** Returns the id of a detector created at a time. */
const newDetectorId = (account: string, region: string, at: string): string =>
  hexOf(`${account}/${region}/${at}`);

const hexOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
