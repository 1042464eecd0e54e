import { quoted } from '../../errors.js';
import { v7 as uuidv7 } from 'uuid';
import type { Administrator, Caller, Role } from '../../membership.js';
import type { TokenRow, TokenStore } from '../../ports/tokens.js';
import { grantedAdministrators, unknownAdministrator } from '../input/configuredTargets.js';
import { parseTokenId } from '../input/nodeId.js';
import { mintSecret } from './tokenSecret.js';
import { toUserErrors, type Fault, type UserError } from '../input/faults.js';
import { rangeFaults } from '../input/valueFaults.js';

/** Lifetime of a token, in days. */
const EXPIRY_DAYS = { min: 1, max: 3_650, default: 365, unit: 'days' } as const;

/** Most tokens in a list, the newest. */
const MAX_LISTED = 1_000;

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
const DAY_MS = 86_400_000;

export interface CreateTokenInput {
  readonly name: string;
  readonly role: Role;
  /** Null: the administrators of the caller. */
  readonly administrators?: readonly string[] | null;
  readonly expiresInDays?: number | null;
}

/** A new token with its secret, which cannot be read again; both null when there are `userErrors`. */
export interface CreatedToken {
  readonly token: TokenRow | null;
  readonly secret: string | null;
  readonly userErrors: readonly UserError[];
}

/** Creates, lists and revokes API tokens, limited to the administrators granted to the caller. */
export interface TokenService {
  create(caller: Caller, input: CreateTokenInput): Promise<CreatedToken>;
  list(caller: Caller): Promise<readonly TokenRow[]>;
  /** @param tokenId the id of a token in the schema. */
  revoke(
    caller: Caller,
    tokenId: string,
  ): Promise<{ token: TokenRow | null; userErrors: readonly UserError[] }>;
}

export function createTokenService(
  store: TokenStore,
  configured: readonly Administrator[],
  now: () => number = Date.now,
): TokenService {
  return {
    async create(caller, input) {
      const faults = inputFaults(input, grantedAdministrators(configured, caller));
      if (faults.length > 0) {
        return { token: null, secret: null, userErrors: toUserErrors(faults) };
      }
      const { secret, hash } = mintSecret();
      const token = await store.insert({
        id: uuidv7(),
        name: input.name,
        secretHash: hash,
        role: input.role,
        administrators: input.administrators ? [...new Set(input.administrators)] : caller.administrators,
        createdBy: caller.id,
        expiresAt: new Date(now() + (input.expiresInDays ?? EXPIRY_DAYS.default) * DAY_MS),
      });
      return { token, secret, userErrors: [] };
    },
    list: (caller) => store.list(caller.administrators, MAX_LISTED),
    async revoke(caller, tokenId) {
      const id = parseTokenId(tokenId);
      const token = id === null ? null : await store.revoke(caller.administrators, id, caller.id);
      return { token, userErrors: token === null ? toUserErrors([notFound(tokenId)]) : [] };
    },
  };
}

function inputFaults(input: CreateTokenInput, granted: readonly Administrator[]): Fault[] {
  const days = input.expiresInDays ?? EXPIRY_DAYS.default;
  return [
    ...nameFaults(input.name),
    ...rangeFaults(['input', 'expiresInDays'], days, EXPIRY_DAYS),
    ...administratorFaults(input.administrators ?? null, granted),
  ];
}

function nameFaults(name: string): Fault[] {
  const message = `expected 1 to 64 letters, digits, dots, hyphens or underscores, got ${quoted(name)}`;
  return NAME.test(name) ? [] : [{ path: ['input', 'name'], code: 'INVALID_INPUT', message }];
}

function administratorFaults(ids: readonly string[] | null, granted: readonly Administrator[]): Fault[] {
  const path = ['input', 'administrators'];
  if (ids?.length === 0) {
    return [{ path, code: 'INVALID_INPUT', message: 'expected at least one administrator, got none' }];
  }
  return (ids ?? [])
    .filter((id) => !granted.some((administrator) => administrator.id === id))
    .map((id) => unknownAdministrator(path, granted, id));
}

function notFound(tokenId: string): Fault {
  return {
    path: ['input', 'tokenId'],
    code: 'NOT_FOUND',
    message: `expected the id of a token that you may manage, got ${quoted(tokenId)}`,
  };
}
