import type { JWTPayload } from 'jose';
import { ROLES, type Role } from '../membership.js';
import type { ClaimNames } from '../ports/identity.js';

/** The value of the administrators claim that grants all administrators. */
const ALL_ADMINISTRATORS = '*';

/** The highest role in the roles claim; null when the claim has none of the configured role names. */
export function roleOf(payload: JWTPayload, names: ClaimNames): Role | null {
  const values = valuesOf(payload, names.roles);
  return ROLES.findLast((_role, rank) => values.includes(names.roleNames[rank] ?? '')) ?? null;
}

/** The ids in the administrators claim: null for all administrators, and an empty list without the claim. */
export function administratorsOf(payload: JWTPayload, names: ClaimNames): readonly string[] | null {
  const ids = valuesOf(payload, names.administrators);
  return ids.includes(ALL_ADMINISTRATORS) ? null : ids;
}

/**
 * The strings of a claim: a list, one string, or several in one string with spaces between, like `scope`. `name` is a claim,
 * or a path with dots through nested claims.
 */
function valuesOf(payload: JWTPayload, name: string): string[] {
  const claim = Object.hasOwn(payload, name)
    ? payload[name]
    : name.split('.').reduce<unknown>(propertyOf, payload);
  if (typeof claim === 'string') {
    return claim.split(' ').filter((value) => value !== '');
  }
  return Array.isArray(claim) ? claim.filter((value) => typeof value === 'string') : [];
}

function propertyOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
    return undefined;
  }
  return (value as Record<string, unknown>)[key];
}
