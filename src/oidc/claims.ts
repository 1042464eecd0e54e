import type { JWTPayload } from 'jose';
import { ROLES, type Role } from '../membership.js';
import type { ClaimNames } from '../ports/identity.js';

/** The word in the claim of administrators that stands for all of them. */
const ALL_ADMINISTRATORS = '*';

/** The highest role that the claim names; null when it names none of ours. */
export function roleOf(payload: JWTPayload, names: ClaimNames): Role | null {
  const words = textsOf(payload, names.roles);
  return ROLES.findLast((_role, rank) => words.includes(names.roleNames[rank] ?? '')) ?? null;
}

/** The administrators that the claim names: none when it is missing, null for all when it has the word for it. */
export function administratorsOf(payload: JWTPayload, names: ClaimNames): readonly string[] | null {
  const ids = textsOf(payload, names.administrators);
  return ids.includes(ALL_ADMINISTRATORS) ? null : ids;
}

/** A claim's strings, be it a list, one string, or several with spaces between them as in `scope`. */
function textsOf(payload: JWTPayload, name: string): string[] {
  const claim = Object.hasOwn(payload, name)
    ? payload[name]
    : name.split('.').reduce<unknown>(memberOf, payload);
  if (typeof claim === 'string') {
    return claim.split(' ').filter((word) => word !== '');
  }
  return Array.isArray(claim) ? claim.filter((one) => typeof one === 'string') : [];
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
    return undefined;
  }
  return (value as Record<string, unknown>)[key];
}
