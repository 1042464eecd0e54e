import { randomBytes } from 'node:crypto';
import { isAccountId } from '../scope.js';

/** The secret of every permanent access key. */
const SANDBOX_SECRET = 'sandbox-secret';

/** A permanent access key is this prefix and the 12 digits of its account. */
const ACCESS_KEY_PREFIX = 'AKIASANDBOX';

/** The owner of an access key. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The session token of temporary credentials, required in every call. */
  readonly sessionToken: string | undefined;
  /** When temporary credentials expire, in milliseconds since 1970. */
  readonly expiresAt: number | undefined;
  /** The calling account, 12 digits. */
  readonly account: string;
  /** The caller's ARN in GetCallerIdentity. */
  readonly arn: string;
  readonly userId: string;
}

/** A role session that gets temporary credentials. */
export interface RoleSession {
  readonly account: string;
  readonly roleName: string;
  readonly sessionName: string;
  readonly seconds: number;
}

/** The access keys: one permanent key per account, and temporary keys of the role sessions since the start. */
export interface CredentialDirectory {
  /** Returns the owner of an access key. */
  find(accessKeyId: string): Identity | undefined;
  /** Returns random temporary credentials for a role session. They are lost at a restart. */
  issue(session: RoleSession): Identity;
}

/** Returns a directory without temporary keys. */
export function createCredentialDirectory(now: () => number): CredentialDirectory {
  const temporary = new Map<string, Identity>();

  return {
    find(accessKeyId) {
      if (!accessKeyId.startsWith(ACCESS_KEY_PREFIX)) {
        return temporary.get(accessKeyId);
      }
      const account = accessKeyId.slice(ACCESS_KEY_PREFIX.length);
      return isAccountId(account) ? permanentIdentity(accessKeyId, account) : undefined;
    },
    issue({ account, roleName, sessionName, seconds }) {
      deleteLongExpired(temporary, now());
      const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
      const identity: Identity = {
        accessKeyId,
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: randomBytes(96).toString('base64'),
        expiresAt: now() + seconds * 1000,
        account,
        arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`,
        userId: `AROASANDBOX${account}:${sessionName}`,
      };
      temporary.set(accessKeyId, identity);
      return identity;
    },
  };
}

/** How long expired credentials are distinguished from unknown ones. */
const EXPIRED_KEPT_MS = 24 * 60 * 60 * 1000;

function deleteLongExpired(temporary: Map<string, Identity>, now: number): void {
  for (const [id, { expiresAt = 0 }] of temporary) {
    if (expiresAt + EXPIRED_KEPT_MS < now) {
      temporary.delete(id);
    }
  }
}

const permanentIdentity = (accessKeyId: string, account: string): Identity => ({
  accessKeyId,
  secretAccessKey: SANDBOX_SECRET,
  sessionToken: undefined,
  expiresAt: undefined,
  account,
  arn: `arn:aws:iam::${account}:user/sandbox`,
  userId: `AIDASANDBOX${account}`,
});
