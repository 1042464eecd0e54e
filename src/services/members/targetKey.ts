import type { TargetAddress } from '../../membership.js';

/** A target as the key of a map. */
export function targetKey({ administrator, service, region }: TargetAddress): string {
  return `${administrator} ${service} ${region}`;
}
