import type { Closers } from '../closers.js';
import type { Config } from '../config/loadConfig.js';
import type { Log } from '../log.js';
import type { Administrator, Caller } from '../membership.js';
import { countDenied, countRefusals } from '../metrics/observe.js';
import { createOidcIdentity } from '../oidc/oidcIdentity.js';
import type { IdentityProvider } from '../ports/identity.js';
import type { Metrics } from '../ports/metrics.js';
import {
  createAuthenticate,
  createTokenIdentity,
  type Authenticate,
} from '../services/access/authentication.js';
import { createCharge, type Charge } from '../services/access/budget.js';
import { createDeniedAttempts, type DeniedAttempts } from '../services/access/deniedAttempts.js';
import { createWatchCredential, type WatchCredential } from '../services/access/credentialWatch.js';
import { createTokenService, type TokenService } from '../services/access/tokens.js';
import { openCallerBudget } from '../store/access/callerBudget.js';
import type { Database } from '../store/connection/client.js';
import { createDeniedAttemptStore } from '../store/access/deniedAttemptStore.js';
import { createTokenStore } from '../store/access/tokenStore.js';

/** The parts that know who may call, and how much. */
export interface Access {
  readonly authenticate: Authenticate;
  readonly watchCredential: WatchCredential;
  readonly tokens: TokenService;
  readonly deniedAttempts: DeniedAttempts;
  /** Notes that a caller was refused a field, or of it the administrators that are configured and not granted to it. */
  readonly denied: (caller: Caller, field: string, foreign?: readonly string[]) => void;
  readonly charge: Charge;
}

/** Puts those parts together. */
export function createAccess(
  { access }: Config,
  { databaseUrl, database }: { databaseUrl: string; database: Database },
  administrators: readonly Administrator[],
  { log, closers, metrics }: { log: Log; closers: Closers; metrics: Metrics },
): Access {
  const warn = (words: string) => (error: unknown) => {
    log.warn({ err: error }, words);
  };
  const store = createTokenStore(database.prisma);
  const { credentials } = access;
  const providers: IdentityProvider[] | null = credentials && [
    ...(credentials.tokens ? [createTokenIdentity(store)] : []),
    ...(credentials.oidc === null ? [] : [createOidcIdentity(credentials.oidc)]),
  ];
  const deniedAttempts = countDenied(
    createDeniedAttempts(createDeniedAttemptStore(database.prisma), warn('denied attempts not written')),
    metrics,
  );
  closers.add('denied attempts', () => deniedAttempts.flush());
  const budgets = openCallerBudget(databaseUrl, access.budget, warn('connection for budgets lost'));
  closers.add('budgets', () => budgets.close());
  return {
    authenticate: createAuthenticate(providers),
    watchCredential: createWatchCredential(store, warn('tokens of open streams not checked')),
    tokens: createTokenService(store, administrators),
    deniedAttempts,
    denied(caller, field, foreign) {
      deniedAttempts.recordForbidden(
        caller,
        field,
        foreign?.filter((id) => administrators.some((one) => one.id === id)),
      );
    },
    charge: countRefusals(createCharge(budgets, access.budget, warn('budget not counted')), metrics),
  };
}
