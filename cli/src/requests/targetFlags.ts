import type { SecurityService } from 'membership-gateway-client';
import { usageError } from '../faults.js';

/** The flags that choose targets. */
export interface TargetFlags {
  readonly administrator?: string;
  readonly service?: readonly string[];
  readonly region?: readonly string[];
}

/** The targets as inputs have them; null where the gateway chooses. */
export interface TargetInput {
  readonly administrator: string | null;
  readonly services: SecurityService[] | null;
  readonly regions: string[] | null;
}

export function targetInput({ administrator, service, region }: TargetFlags): TargetInput {
  return {
    administrator: administrator ?? null,
    services: service?.map(serviceOf) ?? null,
    regions: region === undefined ? null : [...region],
  };
}

/** GUARDDUTY or SECURITY_HUB, from any common spelling. */
export function serviceOf(value: string): SecurityService {
  const plain = value.toLowerCase().replace(/[-_ ]/g, '');
  if (plain === 'guardduty') {
    return 'GUARDDUTY';
  }
  if (plain === 'securityhub') {
    return 'SECURITY_HUB';
  }
  throw usageError(`--service: expected guardduty or security-hub, got ${JSON.stringify(value)}`);
}
