import {
  targetsOf,
  type Administrator,
  type Caller,
  type SecurityService,
  type TargetAddress,
} from '../../membership.js';
import {
  grantedAdministrators,
  unknownAdministrator,
  unknownTargetFaults,
} from '../input/configuredTargets.js';
import { badUserInput, throwFirstFault } from '../input/faults.js';

/** Where members are to be read. Absent and null mean all that is configured and granted. */
export interface TargetQuery {
  readonly administrator?: string | null;
  readonly services?: readonly SecurityService[] | null;
  readonly regions?: readonly string[] | null;
}

/** Names of the arguments, for messages. */
const PLURAL = { services: 'services', regions: 'regions' };

/**
 * The configured targets that the caller may read and selects, in the order of the configuration.
 *
 * @throws GatewayError `BAD_USER_INPUT` for an administrator, service or region that is not configured.
 */
export function readableTargets(
  administrators: readonly Administrator[],
  caller: Caller,
  { administrator, services, regions }: TargetQuery,
  argument: { readonly services: string; readonly regions: string } = PLURAL,
): readonly TargetAddress[] {
  const granted = grantedAdministrators(administrators, caller);
  const selected = administrator == null ? granted : granted.filter(({ id }) => id === administrator);
  if (administrator != null && selected.length === 0) {
    throw badUserInput(unknownAdministrator(['administrator'], granted, administrator));
  }
  const paths = { services: [argument.services], regions: [argument.regions] };
  throwFirstFault(unknownTargetFaults(selected, services ?? [], regions ?? [], paths));
  return selected
    .flatMap(targetsOf)
    .filter((target) => services?.includes(target.service) ?? true)
    .filter((target) => regions?.includes(target.region) ?? true);
}
