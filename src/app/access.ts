import type { Caller } from '../membership.js';
import { countDenied, countRefusals } from '../metrics/countingDecorators.js';
import { createOidcIdentity } from '../oidc/oidcIdentity.js';
import type { IdentityProvider } from '../ports/identity.js';
import type { TokenStore } from '../ports/tokens.js';
import {
  createAuthenticate,
  createTokenIdentity,
  type Authenticate,
} from '../services/access/authentication.js';
import { createCharge, type Charge } from '../services/access/budget.js';
import { createDeniedAttempts, type DeniedAttempts } from '../services/access/deniedAttempts.js';
import { createWatchCredential, type WatchCredential } from '../services/access/credentialWatch.js';
import { createTokenService, type TokenService } from '../services/access/tokens.js';
import type { SpendPoints } from '../services/spendPoints.js';
import { createCallerBudget } from '../store/access/callerBudget.js';
import { createDeniedAttemptStore } from '../store/access/deniedAttemptStore.js';
import { createTokenStore } from '../store/access/tokenStore.js';
import type { AccessSettings } from '../config/access.js';
import type { GatewayCore } from './core.js';

/** Authentication, authorization and the budgets of callers. */
export interface Access {
  readonly authenticate: Authenticate;
  readonly watchCredential: WatchCredential;
  readonly tokens: TokenService;
  readonly deniedAttempts: DeniedAttempts;
  /**
   * Records a denied attempt: the caller may not read the field, or not for these administrators. Administrators that
   * are not configured are left out.
   */
  readonly denied: (caller: Caller, field: string, administrators?: readonly string[]) => void;
  readonly charge: Charge;
  readonly spend: SpendPoints;
}

export function createAccess(core: GatewayCore): Access {
  const { config, database, administrators } = core;
  const tokenStore = createTokenStore(database.prisma);
  const deniedAttempts = openDeniedAttempts(core);
  const charge = chargeOf(core);
  return {
    authenticate: createAuthenticate(identityProviders(config.access, tokenStore)),
    watchCredential: createWatchCredential(
      tokenStore,
      warn(core, 'cannot check the tokens of open subscriptions'),
      core.intervals.credentialCheckMs,
    ),
    tokens: createTokenService(tokenStore, administrators),
    deniedAttempts,
    denied(caller, field, named) {
      const configured = named?.filter((id) => administrators.some((one) => one.id === id));
      deniedAttempts.recordForbidden(caller, field, configured);
    },
    charge,
    spend: (caller, points) => charge(caller, points, 'IF_ENOUGH'),
  };
}

/** Null: authentication is off. */
function identityProviders(
  { credentials }: AccessSettings,
  tokenStore: TokenStore,
): IdentityProvider[] | null {
  if (credentials === null) {
    return null;
  }
  return [
    ...(credentials.tokens ? [createTokenIdentity(tokenStore)] : []),
    ...(credentials.oidc === null ? [] : [createOidcIdentity(credentials.oidc)]),
  ];
}

function openDeniedAttempts(core: GatewayCore): DeniedAttempts {
  const store = createDeniedAttemptStore(core.database.prisma);
  const attempts = createDeniedAttempts(store, warn(core, 'cannot record denied attempts'));
  core.process.closers.add('denied attempts', () => attempts.flush());
  return countDenied(attempts, core.metrics);
}

function chargeOf(core: GatewayCore): Charge {
  const { budget } = core.config.access;
  const store = createCallerBudget(core.database.pool, budget);
  return countRefusals(createCharge(store, budget, warn(core, 'cannot charge a budget')), core.metrics);
}

function warn({ process: { log } }: GatewayCore, message: string): (error: unknown) => void {
  return (error) => {
    log.warn({ err: error }, message);
  };
}
