import type { OidcSettings } from '../ports/identity.js';

/** Authentication of callers, origins of browsers, proxies, and limits of operations. */
export interface AccessSettings {
  /** Null: authentication is off. */
  readonly credentials: {
    readonly tokens: boolean;
    /** Null: no OpenID Connect. */
    readonly oidc: OidcSettings | null;
  } | null;
  /** Introspection queries. `on`: for all clients. `authenticated`: for authenticated callers only. */
  readonly introspection: 'on' | 'authenticated' | 'off';
  /** Origins of browser pages that may call. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks of proxies whose X-Forwarded-For is trusted. */
  readonly trustedProxies: readonly string[];
  /** Most open HTTP connections of the process. */
  readonly maxConnections: number;
  readonly limits: OperationLimits;
  /** Points that a caller may spend in a window. */
  readonly budget: { readonly points: number; readonly windowSeconds: number };
  readonly trustedDocuments: { readonly mode: 'off' | 'log' | 'enforce'; readonly file: string | null };
}

/** The limits of an operation; `.env.example` explains each. */
export interface OperationLimits {
  readonly bodyBytes: number;
  readonly tokens: number;
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly complexity: number;
  /** Most open streams of one caller, at each replica. */
  readonly streams: number;
  /** The time limit of a query. A mutation may wait for its request. */
  readonly timeoutSeconds: number;
}

/** The parsed variables of the access settings. */
export interface AccessVariables {
  readonly HOST: string;
  readonly PUBLIC_URL?: string | undefined;
  readonly AUTH_MODE?: readonly ('none' | 'token' | 'oidc')[] | undefined;
  readonly OIDC_ISSUER?: string | undefined;
  readonly OIDC_AUDIENCE?: string | undefined;
  readonly OIDC_ROLES_CLAIM: string;
  readonly OIDC_ROLE_NAMES: readonly string[];
  readonly OIDC_ADMINISTRATORS_CLAIM: string;
  readonly OIDC_REQUIRED_CLAIMS: readonly string[];
  readonly OIDC_REQUIRE_AT_JWT: 'on' | 'off';
  readonly OIDC_CLOCK_TOLERANCE_SECONDS: number;
  readonly INTROSPECTION?: AccessSettings['introspection'] | undefined;
  readonly CORS_ORIGINS: readonly string[];
  readonly TRUSTED_PROXIES: readonly string[];
  readonly MAX_CONNECTIONS: number;
  readonly MAX_BODY_BYTES: number;
  readonly MAX_TOKENS: number;
  readonly MAX_DEPTH: number;
  readonly MAX_FIELDS: number;
  readonly MAX_ALIASES: number;
  readonly MAX_DIRECTIVES: number;
  readonly MAX_COMPLEXITY: number;
  readonly CALLER_STREAMS: number;
  readonly EXECUTION_TIMEOUT_SECONDS: number;
  readonly CALLER_BUDGET: number;
  readonly CALLER_BUDGET_SECONDS: number;
  readonly TRUSTED_DOCUMENTS: 'off' | 'log' | 'enforce';
  readonly TRUSTED_DOCUMENTS_FILE?: string | undefined;
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost', '[::1]'];

/** The contradictions between the variables, one line each. */
export function accessFaults(settings: AccessVariables): string[] {
  const faults: string[] = [];
  const modes = settings.AUTH_MODE ?? ['none'];
  if (modes.includes('none')) {
    faults.push(...openFaults(settings, modes));
  }
  if (modes.includes('oidc')) {
    if (settings.OIDC_ISSUER === undefined) {
      faults.push('OIDC_ISSUER: expected with AUTH_MODE oidc');
    }
    if (settings.OIDC_AUDIENCE === undefined) {
      faults.push('OIDC_AUDIENCE: expected with AUTH_MODE oidc');
    }
    if (!isSafeIssuer(settings.OIDC_ISSUER)) {
      faults.push('OIDC_ISSUER: expected https, except on a loopback address');
    }
  }
  if (settings.OIDC_ROLE_NAMES.length !== 3) {
    faults.push('OIDC_ROLE_NAMES: expected three words, for viewer, operator and admin');
  }
  if (settings.TRUSTED_DOCUMENTS !== 'off' && settings.TRUSTED_DOCUMENTS_FILE === undefined) {
    faults.push('TRUSTED_DOCUMENTS_FILE: expected with TRUSTED_DOCUMENTS log or enforce');
  }
  return faults;
}

/** The contradictions of AUTH_MODE none. */
function openFaults(settings: AccessVariables, modes: readonly string[]): string[] {
  const faults: string[] = [];
  if (modes.length > 1) {
    faults.push('AUTH_MODE: expected none, or token and oidc');
  }
  if (!LOOPBACK.includes(settings.HOST)) {
    faults.push('HOST: expected a loopback address, since AUTH_MODE none admits every client');
  }
  if (settings.PUBLIC_URL !== undefined && !LOOPBACK.includes(new URL(settings.PUBLIC_URL).hostname)) {
    faults.push(
      'PUBLIC_URL: expected with AUTH_MODE token or oidc, since AUTH_MODE none admits every client',
    );
  }
  return faults;
}

/** The access settings of variables without faults (`accessFaults`). */
export function accessSettings(settings: AccessVariables): AccessSettings {
  const modes = settings.AUTH_MODE ?? ['none'];
  const isOpen = modes.includes('none');
  return {
    credentials: isOpen
      ? null
      : { tokens: modes.includes('token'), oidc: modes.includes('oidc') ? oidcOf(settings) : null },
    introspection: settings.INTROSPECTION ?? (isOpen ? 'on' : 'authenticated'),
    corsOrigins: settings.CORS_ORIGINS,
    trustedProxies: settings.TRUSTED_PROXIES,
    maxConnections: settings.MAX_CONNECTIONS,
    limits: {
      bodyBytes: settings.MAX_BODY_BYTES,
      tokens: settings.MAX_TOKENS,
      depth: settings.MAX_DEPTH,
      fields: settings.MAX_FIELDS,
      aliases: settings.MAX_ALIASES,
      directives: settings.MAX_DIRECTIVES,
      complexity: settings.MAX_COMPLEXITY,
      streams: settings.CALLER_STREAMS,
      timeoutSeconds: settings.EXECUTION_TIMEOUT_SECONDS,
    },
    budget: { points: settings.CALLER_BUDGET, windowSeconds: settings.CALLER_BUDGET_SECONDS },
    trustedDocuments: { mode: settings.TRUSTED_DOCUMENTS, file: settings.TRUSTED_DOCUMENTS_FILE ?? null },
  };
}

function oidcOf(settings: AccessVariables): OidcSettings {
  return {
    issuer: settings.OIDC_ISSUER ?? '',
    audience: settings.OIDC_AUDIENCE ?? '',
    claims: {
      roles: settings.OIDC_ROLES_CLAIM,
      administrators: settings.OIDC_ADMINISTRATORS_CLAIM,
      roleNames: settings.OIDC_ROLE_NAMES,
    },
    requiredClaims: settings.OIDC_REQUIRED_CLAIMS,
    requiresAccessTokenType: settings.OIDC_REQUIRE_AT_JWT === 'on',
    clockToleranceSeconds: settings.OIDC_CLOCK_TOLERANCE_SECONDS,
  };
}

/** Whether signing keys come over HTTPS or from this machine: over plain HTTP, an attacker can replace them. */
function isSafeIssuer(issuer: string | undefined): boolean {
  if (issuer === undefined) {
    return true;
  }
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'https:' || LOOPBACK.includes(hostname);
}
