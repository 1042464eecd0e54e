import { randomBytes } from 'node:crypto';
import { isAccountId } from './scope.js';

/** The secret of every permanent access key. */
const SANDBOX_SECRET = 'sandbox-secret';

/** A permanent access key is this prefix and the twelve digits of the account it belongs to. */
const ACCESS_KEY_PREFIX = 'AKIASANDBOX';

/** Someone who may sign calls. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Set for temporary credentials: has to come with every call. */
  readonly sessionToken: string | undefined;
  /** When temporary credentials end, in milliseconds since 1970. */
  readonly expiresAt: number | undefined;
  /** The account the calls count for, 12 digits. */
  readonly account: string;
  /** The caller's ARN, as GetCallerIdentity tells it. */
  readonly arn: string;
  readonly userId: string;
}

/** A role session to hand out credentials for. */
export interface RoleSession {
  readonly account: string;
  readonly roleName: string;
  readonly sessionName: string;
  readonly seconds: number;
}

/** Who may sign calls: every account by its permanent key, and the role sessions handed out since the start. */
export interface CredentialDirectory {
  find(accessKeyId: string): Identity | undefined;
  /** Temporary credentials for a role. They are random and are not kept over a restart. */
  issue(session: RoleSession): Identity;
}

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
      forgetLongExpired(temporary, now());
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

/** How long expired credentials are still told from unknown ones. */
const EXPIRED_REMEMBERED_MS = 24 * 60 * 60 * 1000;

function forgetLongExpired(temporary: Map<string, Identity>, now: number): void {
  for (const [id, { expiresAt = 0 }] of temporary) {
    if (expiresAt + EXPIRED_REMEMBERED_MS < now) {
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
