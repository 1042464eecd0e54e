import { quoted } from '../../errors.js';
import {
  SECURITY_SERVICES,
  targetsOf,
  type Administrator,
  type Caller,
  type SecurityService,
  type TargetAddress,
} from '../../membership.js';
import type { RequestOptions } from './requestOptions.js';
import type { UserError } from './userErrors.js';

/** Longest detector id (UPSTREAMS.md, "GuardDuty"), in characters. */
const DETECTOR_ID_MAX_LENGTH = 300;

/** Where a request goes, after its defaults. */
export interface CheckedTargets {
  readonly administrator: Administrator;
  /** Distinct, at least one: by service in the order of `SECURITY_SERVICES`, then by region as the caller lists them. */
  readonly addresses: readonly TargetAddress[];
  /** The detector that the caller names: then one region alone is named, and GuardDuty among the services. */
  readonly detectorId: string | null;
}

/** The configured administrators that the caller may use. */
export function grantedAdministrators(
  administrators: readonly Administrator[],
  caller: Caller,
): readonly Administrator[] {
  const granted = caller.administrators;
  return granted === null
    ? administrators
    : administrators.filter((administrator) => granted.includes(administrator.id));
}

/** Checks where a request is to go, and fills in the defaults: every service and region of the only administrator. */
export function checkTargets(
  administrators: readonly Administrator[],
  caller: Caller,
  asked: RequestOptions,
): { targets: CheckedTargets; userErrors: readonly [] } | { targets: null; userErrors: UserError[] } {
  const found = findAdministrator(grantedAdministrators(administrators, caller), asked);
  if ('message' in found) {
    return { targets: null, userErrors: [found] };
  }
  const services = SECURITY_SERVICES.filter((service) =>
    (asked.services ?? found.services).includes(service),
  );
  const regions = [...new Set(asked.regions ?? found.regions)];
  const userErrors = [
    ...serviceFaults(found, asked, services),
    ...regionFaults(found, asked, regions),
    ...detectorFaults(asked, services, regions),
  ];
  if (userErrors.length > 0) {
    return { targets: null, userErrors };
  }
  return {
    targets: {
      administrator: found,
      addresses: targetsOf({ id: found.id, services, regions }),
      detectorId: asked.detectorId ?? null,
    },
    userErrors: [],
  };
}

/** Whether targets are in a service. Where they are at fault, the services that the caller names decide. */
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
  asked: RequestOptions,
): Administrator | UserError {
  const names = granted.map((administrator) => administrator.id).join(', ') || 'none';
  const wanted = asked.administrator ?? null;
  const [only, ...others] = granted;
  const found =
    wanted === null
      ? others.length === 0
        ? only
        : undefined
      : granted.find((administrator) => administrator.id === wanted);
  return (
    found ?? {
      field: ['input', 'administrator'],
      code: 'UNKNOWN_ADMINISTRATOR',
      message: `expected one of the configured administrators (${names}), got ${wanted === null ? 'none' : quoted(wanted)}`,
    }
  );
}

function serviceFaults(
  administrator: Administrator,
  asked: RequestOptions,
  services: readonly SecurityService[],
): UserError[] {
  const field = ['input', 'services'];
  if (services.length === 0) {
    return [{ field, code: 'INVALID_INPUT', message: 'expected at least one service, got an empty list' }];
  }
  return services
    .filter((service) => !administrator.services.includes(service))
    .map((service) => ({
      field,
      code: 'INVALID_INPUT',
      message: `administrator ${administrator.id} is configured for ${administrator.services.join(', ')}, got ${service}`,
    }));
}

function regionFaults(
  administrator: Administrator,
  asked: RequestOptions,
  regions: readonly string[],
): UserError[] {
  const field = ['input', 'regions'];
  if (regions.length === 0) {
    return [{ field, code: 'INVALID_INPUT', message: 'expected at least one region, got an empty list' }];
  }
  return regions
    .filter((region) => !administrator.regions.includes(region))
    .map((region) => ({
      field,
      code: 'UNKNOWN_REGION',
      message: `expected regions of administrator ${administrator.id} (${administrator.regions.join(', ')}), got ${quoted(region)}`,
    }));
}

function detectorFaults(
  asked: RequestOptions,
  services: readonly SecurityService[],
  regions: readonly string[],
): UserError[] {
  const detectorId = asked.detectorId ?? null;
  if (detectorId === null) {
    return [];
  }
  const fault = (message: string): UserError[] => [
    { field: ['input', 'detectorId'], code: 'INVALID_INPUT', message },
  ];
  if (!services.includes('GUARDDUTY')) {
    return fault('a detector belongs to GuardDuty, and GUARDDUTY is not among the services');
  }
  if (regions.length !== 1) {
    return fault(`a detector belongs to one region; expected exactly one region, got ${regions.length}`);
  }
  if (!/^[\x21-\x7e]+$/.test(detectorId) || detectorId.length > DETECTOR_ID_MAX_LENGTH) {
    return fault(`expected a detector id of 1 to ${DETECTOR_ID_MAX_LENGTH} printable characters`);
  }
  return [];
}
