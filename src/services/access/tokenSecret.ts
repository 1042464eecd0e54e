import { createHash, randomBytes } from 'node:crypto';

/** What every secret begins with, so that people, and programs that look for leaked secrets, recognise one. */
const TOKEN_PREFIX = 'mgw_';

/** 256 random bits. */
const SECRET_BYTES = 32;

const SHAPE = new RegExp(`^${TOKEN_PREFIX}[A-Za-z0-9_-]{43}$`);

/** A new secret, and the hash that is all the gateway keeps of it. */
export function mintSecret(): { secret: string; hash: Uint8Array<ArrayBuffer> } {
  const secret = `${TOKEN_PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { secret, hash: hashSecret(secret) };
}

/** SHA-256: what is random to begin with needs no slow hash. */
export function hashSecret(secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(secret).digest());
}

/** Whether a text could be one of our secrets. */
export function isSecretShaped(text: string): boolean {
  return SHAPE.test(text);
}
