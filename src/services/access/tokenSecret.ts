import { createHash, randomBytes } from 'node:crypto';

/** The prefix of every secret, by which people and secret scanners recognise it. */
const TOKEN_PREFIX = 'mgw_';

/** 256 random bits. */
const SECRET_BYTES = 32;

const SHAPE = /^mgw_[A-Za-z0-9_-]{43}$/;

/** A new secret and its hash. The gateway stores only the hash. */
export function mintSecret(): { secret: string; hash: Buffer<ArrayBuffer> } {
  const secret = `${TOKEN_PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { secret, hash: hashSecret(secret) };
}

/** SHA-256. A slow hash is not needed, since the secret is 256 random bits. */
export function hashSecret(secret: string): Buffer<ArrayBuffer> {
  return createHash('sha256').update(secret).digest();
}

/** Whether a text has the form of a secret of this gateway. */
export function isSecretShaped(text: string): boolean {
  return SHAPE.test(text);
}
