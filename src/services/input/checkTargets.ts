import {
  targetsOf,
  type Administrator,
  type Caller,
  type SecurityService,
  type TargetAddress,
} from '../../membership.js';
import { grantedAdministrators, unknownAdministrator, unknownTargetFaults } from './configuredTargets.js';
import type { Fault } from './faults.js';
import type { RequestOptions } from './requestOptions.js';

/** Longest detector id (UPSTREAMS.md, "GuardDuty"), in characters. */
const DETECTOR_ID_MAX_LENGTH = 300;

const PATHS = { services: ['input', 'services'], regions: ['input', 'regions'] };

/** The targets of a request, after its defaults. */
export interface CheckedTargets {
  readonly administrator: Administrator;
  /** Distinct, at least one: by service in the order of `SECURITY_SERVICES`, then by region as the caller lists them. */
  readonly addresses: readonly TargetAddress[];
  /** The detector that the caller names: then one region alone is named, and GuardDuty among the services. */
  readonly detectorId: string | null;
}

/** The targets of a request, by default every service and region of the only administrator; null when they have faults. */
export function checkTargets(
  administrators: readonly Administrator[],
  caller: Caller,
  options: RequestOptions,
): { targets: CheckedTargets | null; faults: Fault[] } {
  const granted = grantedAdministrators(administrators, caller);
  const administrator = findAdministrator(granted, options.administrator ?? null);
  if (administrator === undefined) {
    const fault = unknownAdministrator(['input', 'administrator'], granted, options.administrator ?? null);
    return { targets: null, faults: [fault] };
  }
  const services = options.services ?? administrator.services;
  const regions = [...new Set(options.regions ?? administrator.regions)];
  const detectorId = options.detectorId ?? null;
  const faults = [
    ...emptyFaults(PATHS.services, 'service', services),
    ...emptyFaults(PATHS.regions, 'region', regions),
    ...unknownTargetFaults([administrator], [...new Set(services)], regions, PATHS),
    ...(detectorId === null ? [] : detectorFaults(detectorId, services, regions)),
  ];
  if (faults.length > 0) {
    return { targets: null, faults };
  }
  const addresses = targetsOf({ id: administrator.id, services, regions });
  return { targets: { administrator, addresses, detectorId }, faults };
}

/** Whether targets are in a service. Where the targets have faults, the services that the caller names decide. */
export function isFor(
  service: SecurityService,
  targets: CheckedTargets | null,
  { services }: Pick<RequestOptions, 'services'>,
): boolean {
  return targets === null
    ? (services?.includes(service) ?? false)
    : targets.addresses.some((address) => address.service === service);
}

function findAdministrator(
  granted: readonly Administrator[],
  wanted: string | null,
): Administrator | undefined {
  if (wanted !== null) {
    return granted.find(({ id }) => id === wanted);
  }
  return granted.length === 1 ? granted[0] : undefined;
}

function emptyFaults(path: readonly string[], what: string, list: readonly string[]): Fault[] {
  const message = `expected at least one ${what}, got an empty list`;
  return list.length === 0 ? [{ path, code: 'INVALID_INPUT', message }] : [];
}

/** A detector belongs to GuardDuty in one region. */
function detectorFaults(
  detectorId: string,
  services: readonly SecurityService[],
  regions: readonly string[],
): Fault[] {
  const message = detectorMessage(detectorId, services, regions);
  return message === null ? [] : [{ path: ['input', 'detectorId'], code: 'INVALID_INPUT', message }];
}

function detectorMessage(
  detectorId: string,
  services: readonly SecurityService[],
  regions: readonly string[],
): string | null {
  if (!services.includes('GUARDDUTY')) {
    return 'a detector belongs to GuardDuty, and GUARDDUTY is not among the services';
  }
  if (regions.length !== 1) {
    return `a detector belongs to one region; expected exactly one region, got ${regions.length}`;
  }
  if (!/^[\x21-\x7e]+$/.test(detectorId) || detectorId.length > DETECTOR_ID_MAX_LENGTH) {
    return `expected a detector id of 1 to ${DETECTOR_ID_MAX_LENGTH} printable characters`;
  }
  return null;
}
