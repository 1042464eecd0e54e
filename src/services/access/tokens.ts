import { quoted } from '../../errors.js';
import { v7 as uuidv7 } from 'uuid';
import type { Administrator, Caller, Role } from '../../membership.js';
import type { TokenRow, TokenStore } from '../../ports/tokens.js';
import { grantedAdministrators } from '../input/checkTargets.js';
import { parseTokenId } from '../input/nodeId.js';
import { mintSecret } from './tokenSecret.js';
import type { UserError } from '../input/userErrors.js';

/** Lifetime of a token, in days. */
const EXPIRY_DAYS = { min: 1, max: 3_650, default: 365 } as const;

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
      const userErrors = checkInput(input, grantedAdministrators(configured, caller));
      if (userErrors.length > 0) {
        return { token: null, secret: null, userErrors };
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
      if (token === null) {
        return { token, secret: null, userErrors: [nameTaken(input.name)] };
      }
      return { token, secret, userErrors };
    },
    list: (caller) => store.list(caller.administrators, MAX_LISTED),
    async revoke(caller, tokenId) {
      const id = parseTokenId(tokenId);
      const token = id === null ? null : await store.revoke(caller.administrators, id, caller.id);
      return { token, userErrors: token === null ? [notFound(tokenId)] : [] };
    },
  };
}

function checkInput(input: CreateTokenInput, granted: readonly Administrator[]): UserError[] {
  const faults: UserError[] = [];
  if (!NAME.test(input.name)) {
    const message = `expected 1 to 64 letters, digits, dots, hyphens or underscores, got ${quoted(input.name)}`;
    faults.push({ field: ['input', 'name'], code: 'INVALID_INPUT', message });
  }
  const days = input.expiresInDays ?? EXPIRY_DAYS.default;
  if (!(days >= EXPIRY_DAYS.min && days <= EXPIRY_DAYS.max)) {
    const message = `expected ${EXPIRY_DAYS.min} to ${EXPIRY_DAYS.max} days, got ${days}`;
    faults.push({ field: ['input', 'expiresInDays'], code: 'INVALID_INPUT', message });
  }
  const field = ['input', 'administrators'];
  if (input.administrators?.length === 0) {
    faults.push({ field, code: 'INVALID_INPUT', message: 'expected at least one administrator, got none' });
  }
  const names = granted.map(({ id }) => id);
  const unknown = (input.administrators ?? []).filter((id) => !names.includes(id));
  const code = 'UNKNOWN_ADMINISTRATOR';
  const message = (id: string) =>
    `expected administrators that you may use (${names.join(', ')}), got ${quoted(id)}`;
  return [...faults, ...unknown.map((id) => ({ field, code, message: message(id) }) as const)];
}

function nameTaken(name: string): UserError {
  return {
    field: ['input', 'name'],
    code: 'INVALID_INPUT',
    message: `a token named ${quoted(name)} is in force with another role or other administrators; expected another name`,
  };
}

function notFound(tokenId: string): UserError {
  return {
    field: ['input', 'tokenId'],
    code: 'NOT_FOUND',
    message: `expected the id of a token that you may manage, got ${quoted(tokenId)}`,
  };
}
