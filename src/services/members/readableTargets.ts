import { GatewayError, quoted } from '../../errors.js';
import {
  SECURITY_SERVICES,
  targetsOf,
  type Administrator,
  type Caller,
  type SecurityService,
  type TargetAddress,
} from '../../membership.js';
import { grantedAdministrators } from '../input/checkTargets.js';

/** Where members are to be read. Absent and null mean all that is configured and granted. */
export interface TargetQuery {
  readonly administrator?: string | null;
  readonly services?: readonly SecurityService[] | null;
  readonly regions?: readonly string[] | null;
}

/** What the caller calls the arguments, for the messages. */
const PLURAL = { services: 'services', regions: 'regions' };

/**
 * The configured targets that the caller may read and asks for, in the order of the configuration.
 *
 * @throws GatewayError `BAD_USER_INPUT` for an administrator, service or region that none of them has.
 */
export function readableTargets(
  administrators: readonly Administrator[],
  caller: Caller,
  { administrator, services, regions }: TargetQuery,
  argument: { readonly services: string; readonly regions: string } = PLURAL,
): readonly TargetAddress[] {
  const granted = grantedAdministrators(administrators, caller);
  const meant = administrator == null ? granted : granted.filter(({ id }) => id === administrator);
  if (administrator != null && meant.length === 0) {
    throw unknown('administrator', names(granted.map(({ id }) => id)), administrator);
  }
  const known = {
    services: SECURITY_SERVICES.filter((service) => meant.some((one) => one.services.includes(service))),
    regions: [...new Set(meant.flatMap((one) => one.regions))],
  };
  for (const service of services ?? []) {
    if (!known.services.includes(service)) {
      throw unknown(argument.services, names(known.services), service);
    }
  }
  for (const region of regions ?? []) {
    if (!known.regions.includes(region)) {
      throw unknown(argument.regions, names(known.regions), region);
    }
  }
  return meant
    .flatMap(targetsOf)
    .filter((target) => services?.includes(target.service) ?? true)
    .filter((target) => regions?.includes(target.region) ?? true);
}

function unknown(argument: string, expected: string, came: string): GatewayError {
  return new GatewayError(
    'BAD_USER_INPUT',
    `${argument}: expected of what is configured (${expected}), got ${quoted(came)}`,
  );
}

function names(known: readonly string[]): string {
  return known.join(', ') || 'nothing';
}
