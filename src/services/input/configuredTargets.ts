import { quoted } from '../../errors.js';
import type { Administrator, Caller, FaultCode, SecurityService } from '../../membership.js';
import type { Fault } from './faults.js';

/** The configured administrators that the caller may use. */
export function grantedAdministrators(
  administrators: readonly Administrator[],
  { administrators: granted }: Caller,
): readonly Administrator[] {
  return granted === null ? administrators : administrators.filter(({ id }) => granted.includes(id));
}

/** The fault of naming an administrator that is not among those granted, or none where one has to be named. */
export function unknownAdministrator(
  path: readonly string[],
  granted: readonly Administrator[],
  came: string | null,
): Fault {
  const known = granted.map(({ id }) => id);
  return notConfigured({ path, code: 'UNKNOWN_ADMINISTRATOR', what: 'administrators', known, came });
}

/** Finds each service and each region that none of the administrators has. */
export function unknownTargetFaults(
  administrators: readonly Administrator[],
  services: readonly SecurityService[],
  regions: readonly string[],
  paths: { readonly services: readonly string[]; readonly regions: readonly string[] },
): Fault[] {
  const knownServices = [...new Set(administrators.flatMap((administrator) => administrator.services))];
  const knownRegions = [...new Set(administrators.flatMap((administrator) => administrator.regions))];
  const service = {
    path: paths.services,
    code: 'INVALID_INPUT',
    what: 'services',
    known: knownServices,
  } as const;
  const region = {
    path: paths.regions,
    code: 'UNKNOWN_REGION',
    what: 'regions',
    known: knownRegions,
  } as const;
  return [
    ...services
      .filter((came) => !knownServices.includes(came))
      .map((came) => notConfigured({ ...service, came })),
    ...regions
      .filter((came) => !knownRegions.includes(came))
      .map((came) => notConfigured({ ...region, came })),
  ];
}

function notConfigured({
  path,
  code,
  what,
  known,
  came,
}: {
  readonly path: readonly string[];
  readonly code: FaultCode;
  readonly what: 'administrators' | 'services' | 'regions';
  readonly known: readonly string[];
  readonly came: string | null;
}): Fault {
  const expected = `expected one of the configured ${what} (${known.join(', ') || 'none'})`;
  return { path, code, message: `${expected}, got ${came === null ? 'none' : quoted(came)}` };
}
