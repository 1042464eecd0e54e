import path from 'node:path';
import { z } from 'zod';
import { accessFaults, accessSettings, type AccessSettings } from './access.js';
import { readAdministratorsFile } from './administratorsFile.js';
import { awsNetwork, awsNetworkVariables } from './awsNetwork.js';
import { databaseAddresses, databaseVariables } from './databaseAddress.js';
import { SECRETS } from './environment.js';
import { describeIssue } from './issues.js';
import { publicUrlVariable } from './publicUrl.js';
import { misspeltVariables } from './misspeltVariables.js';
import { ConfigurationFaults } from '../errors.js';
import { LOG_LEVELS, type LogLevel } from '../log.js';
import type { AwsNetwork } from '../ports/awsNetwork.js';
import type { DatabaseAddresses } from '../ports/databaseAddress.js';
import type { Administrator, SecurityService } from '../membership.js';

/** Requests per second and burst, for one administrator and region. */
export interface ServiceRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** The configuration of the gateway. `.env.example` lists the environment variables. */
export interface Config {
  readonly host: string;
  /** 0: a free port. */
  readonly port: number;
  /** The URL by which clients reach the gateway through a proxy, without a slash at its end; null: its own address. */
  readonly publicUrl: string | null;
  /** Null: the embedded PostgreSQL, with its data under `dataDir`. */
  readonly database: DatabaseAddresses | null;
  readonly dataDir: string;
  readonly upstream: 'sandbox' | 'aws';
  /** URL of a running sandbox or AWS look-alike; null: the SDK's own endpoints, or a sandbox that the gateway starts. */
  readonly endpoint: string | null;
  /** The way to AWS. Null with the sandbox: its calls go directly, and settings of the shell do not count. */
  readonly awsNetwork: AwsNetwork | null;
  /** The way to AWS of DATABASE_SIGN_IN=rds-iam, also with the sandbox; null when a password signs in. */
  readonly signInNetwork: AwsNetwork | null;
  /** Null: one administrator, `default`, from the ambient credentials. */
  readonly administrators: readonly Administrator[] | null;
  /** The line of each administrator's accountId in ADMINISTRATORS_FILE, by id; empty without a file. */
  readonly administratorLines: ReadonlyMap<string, number>;
  /** Regions of the administrator `default`. */
  readonly defaultRegions: readonly string[];
  readonly maxAccountsPerRequest: number;
  /** Most requests to AWS in flight in one lane. */
  readonly callsInFlightPerLane: number;
  /** After a lost answer, the longest time from sending an invitation or a removal until AWS applies it, in milliseconds. */
  readonly invitationLandsWithinMs: number;
  /** The share of a target's members that may be removed within a day, in per cent; one member is always allowed. */
  readonly removalSharePercent: number;
  /** Hours in which an idempotency key finds its request. */
  readonly idempotencyHours: number;
  /** Seconds before the first read of an invited member, and before each further one; the last repeats. */
  readonly followUpWaits: readonly number[];
  readonly rates: Readonly<Record<SecurityService, ServiceRate>>;
  /** Minutes between observations of all members of every target; null: only after refreshInventory. */
  readonly inventoryIntervalMinutes: number | null;
  /** Retention times of the record. */
  readonly retention: {
    /** Calendar months that outcomes and calls are kept, besides the current one; null: for ever. */
    readonly recordMonths: number | null;
    /** Days that e-mail addresses are kept after their request has finished; null: as long as its outcomes. */
    readonly emailDays: number | null;
  };
  readonly logLevel: LogLevel;
  /** Whether spans are made, if an OpenTelemetry SDK is loaded. */
  readonly tracing: boolean;
  /** Authentication, and the limits of operations. */
  readonly access: AccessSettings;
}

/** The database, and how it is signed in to. */
export type DatabaseConfig = Pick<Config, 'database' | 'signInNetwork'>;

const positive = z.coerce.number().positive();
const positiveInt = z.coerce.number().int().positive();
/** A list with commas between its members. */
const list = z.string().transform((text) => text.split(',').map((member) => member.trim()));

const environmentSchema = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  PUBLIC_URL: publicUrlVariable.optional(),
  ...databaseVariables,
  DATA_DIR: z.string().default('.data'),
  UPSTREAM: z.enum(['sandbox', 'aws']).optional(),
  ...awsNetworkVariables,
  ADMINISTRATORS_FILE: z.string().optional(),
  AUTH_MODE: list.pipe(z.array(z.enum(['none', 'token', 'oidc'])).min(1)).optional(),
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'expected a URL such as https://login.example.com/' })
    .optional(),
  OIDC_AUDIENCE: z.string().optional(),
  OIDC_ROLES_CLAIM: z.string().default('roles'),
  OIDC_ROLE_NAMES: list.default(['viewer', 'operator', 'admin']),
  OIDC_ADMINISTRATORS_CLAIM: z.string().default('administrators'),
  OIDC_REQUIRED_CLAIMS: list.default([]),
  OIDC_REQUIRE_AT_JWT: z.enum(['on', 'off']).default('off'),
  OIDC_CLOCK_TOLERANCE_SECONDS: z.coerce.number().min(0).max(60).default(5),
  INTROSPECTION: z.enum(['on', 'authenticated', 'off']).optional(),
  CORS_ORIGINS: list
    .pipe(z.array(z.string().refine(isOrigin, 'expected origins such as https://portal.example.com')))
    .default([]),
  TRUSTED_PROXIES: list
    .pipe(
      z.array(
        z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
          error: 'expected addresses and networks such as 10.0.0.0/8',
        }),
      ),
    )
    .default([]),
  MAX_CONNECTIONS: positiveInt.max(100_000).default(2_000),
  MAX_BODY_BYTES: positiveInt.default(4 * 1024 * 1024),
  MAX_TOKENS: positiveInt.default(100_000),
  MAX_DEPTH: positiveInt.default(15),
  MAX_FIELDS: positiveInt.default(1_000),
  MAX_ALIASES: positiveInt.default(50),
  MAX_DIRECTIVES: positiveInt.default(50),
  MAX_COMPLEXITY: positiveInt.default(50_000),
  CALLER_STREAMS: positiveInt.max(10_000).default(100),
  EXECUTION_TIMEOUT_SECONDS: positive.max(3_600).default(30),
  CALLER_BUDGET: positiveInt.max(1_000_000_000).default(2_000_000),
  CALLER_BUDGET_SECONDS: positiveInt.max(86_400).default(60),
  TRUSTED_DOCUMENTS: z.enum(['off', 'log', 'enforce']).default('off'),
  TRUSTED_DOCUMENTS_FILE: z.string().optional(),
  MAX_ACCOUNTS_PER_REQUEST: positiveInt.max(10_000).default(10_000),
  CALLS_IN_FLIGHT_PER_LANE: positiveInt.max(50).default(10),
  INVITATION_LANDS_WITHIN_SECONDS: z.coerce.number().min(0).max(300).default(10),
  REMOVAL_SHARE_PERCENT: z.coerce.number().min(0).max(100).default(10),
  IDEMPOTENCY_HOURS: z.coerce.number().min(24).default(168),
  FOLLOW_UP_SECONDS: list
    .transform((members) => members.map(Number))
    .pipe(z.array(z.number().positive().max(604_800)).min(1))
    .default([60, 300, 900, 3_600, 21_600, 86_400]),
  GUARDDUTY_RATE: positive.default(5),
  GUARDDUTY_BURST: positive.min(1).default(10),
  SECURITYHUB_RATE: positive.default(10),
  SECURITYHUB_BURST: positive.min(1).default(30),
  INVENTORY_INTERVAL_MINUTES: positiveInt.max(44_640).optional(),
  RECORD_RETENTION_MONTHS: positiveInt.max(1200).optional(),
  EMAIL_RETENTION_DAYS: positiveInt.max(36_500).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
});

type Environment = z.infer<typeof environmentSchema>;

/** The variables that configure the gateway. */
export const VARIABLES: readonly string[] = Object.keys(environmentSchema.shape);

/** All variables that the gateway reads. */
export const KNOWN_VARIABLES: readonly string[] = [
  ...VARIABLES,
  ...SECRETS,
  ...SECRETS.map((name) => `${name}_FILE`),
];

/**
 * Reads the environment, and the administrators file it names.
 *
 * @param faults those found before.
 * @throws ConfigurationFaults all faults together. Values of variables are not repeated: some are secret.
 */
export function loadConfig(env: NodeJS.ProcessEnv, faults: string[] = []): Config {
  const settings = readSettings(withoutEmpty(env), faults);
  const upstream = settings.UPSTREAM ?? 'sandbox';
  const database = databaseAddresses(settings, faults);
  const network = awsNetwork(upstream, settings, faults);
  const signIn = signInNetwork(network, settings, faults);
  const file = readAdministratorsFile(settings.ADMINISTRATORS_FILE, faults);
  if (faults.length > 0) {
    throw new ConfigurationFaults(faults);
  }
  return {
    host: settings.HOST,
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL ?? null,
    database,
    dataDir: path.resolve(settings.DATA_DIR),
    upstream,
    // For AWS the SDK reads the variable by itself, and its per-service siblings too.
    endpoint: upstream === 'sandbox' ? (settings.AWS_ENDPOINT_URL ?? null) : null,
    awsNetwork: network,
    signInNetwork: signIn,
    ...file,
    defaultRegions: upstream === 'sandbox' ? ['us-east-1', 'eu-west-1'] : [settings.AWS_REGION ?? ''],
    maxAccountsPerRequest: settings.MAX_ACCOUNTS_PER_REQUEST,
    callsInFlightPerLane: settings.CALLS_IN_FLIGHT_PER_LANE,
    invitationLandsWithinMs: settings.INVITATION_LANDS_WITHIN_SECONDS * 1_000,
    removalSharePercent: settings.REMOVAL_SHARE_PERCENT,
    idempotencyHours: settings.IDEMPOTENCY_HOURS,
    followUpWaits: settings.FOLLOW_UP_SECONDS,
    rates: {
      GUARDDUTY: { perSecond: settings.GUARDDUTY_RATE, burst: settings.GUARDDUTY_BURST },
      SECURITY_HUB: { perSecond: settings.SECURITYHUB_RATE, burst: settings.SECURITYHUB_BURST },
    },
    inventoryIntervalMinutes: settings.INVENTORY_INTERVAL_MINUTES ?? null,
    retention: {
      recordMonths: settings.RECORD_RETENTION_MONTHS ?? null,
      emailDays: settings.EMAIL_RETENTION_DAYS ?? null,
    },
    logLevel: settings.LOG_LEVEL,
    tracing: isTracingOn(env),
    access: accessSettings(settings),
  };
}

/**
 * The database of the configuration, for commands that need nothing else.
 *
 * @throws ConfigurationFaults like `loadConfig`.
 */
export function loadDatabaseConfig(env: NodeJS.ProcessEnv, faults: string[] = []): DatabaseConfig {
  const shape = { ...databaseVariables, ...awsNetworkVariables };
  const settings = readVariables(shape, withoutEmpty(env), faults);
  const database = databaseAddresses(settings, faults);
  const network = signInNetwork(null, settings, faults);
  if (faults.length > 0) {
    throw new ConfigurationFaults(faults);
  }
  return { database, signInNetwork: network };
}

function signInNetwork(
  network: AwsNetwork | null,
  settings: z.infer<z.ZodObject<typeof databaseVariables & typeof awsNetworkVariables>>,
  faults: string[],
): AwsNetwork | null {
  return settings.DATABASE_SIGN_IN === 'rds-iam' ? (network ?? awsNetwork('aws', settings, faults)) : null;
}

/** Whether a variable of OpenTelemetry is set, and none of them turns traces off. Its SDK reads them by itself. */
function isTracingOn(env: NodeJS.ProcessEnv): boolean {
  const isSet = Object.entries(env).some(([name, value]) => name.startsWith('OTEL_') && value !== '');
  const isOff =
    env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' ||
    env['OTEL_TRACES_EXPORTER']?.toLowerCase() === 'none';
  return isSet && !isOff;
}

/** Drops empty variables, which count as not set. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

/** Whether a URL is exactly an origin, as browsers write it. */
function isOrigin(url: string): boolean {
  return URL.parse(url)?.origin === url;
}

function contradictions(settings: Environment): string[] {
  const faults = accessFaults(settings);
  if (settings.UPSTREAM === 'aws' && !settings.ADMINISTRATORS_FILE && !settings.AWS_REGION) {
    faults.push('AWS_REGION: expected the region of the administrator `default`, or ADMINISTRATORS_FILE');
  }
  if (settings.NODE_ENV !== 'production') {
    return faults;
  }
  if (settings.DATABASE_URL === undefined) {
    faults.push('DATABASE_URL: expected in production');
  }
  if (settings.UPSTREAM !== 'aws') {
    faults.push('UPSTREAM: expected aws in production');
  }
  if (settings.AUTH_MODE === undefined) {
    faults.push('AUTH_MODE: expected in production');
  }
  return faults;
}

/** All variables. One with a fault takes part in no contradiction. */
function readSettings(env: NodeJS.ProcessEnv, faults: string[]): Environment {
  faults.push(...misspeltVariables(env, KNOWN_VARIABLES));
  const settings = readVariables(environmentSchema.shape, env, faults);
  // A fault of `.env` names no variable.
  const faulty = faults.map((line) => line.split(/_FILE:|[.:]/, 1)[0] ?? '').filter(Boolean);
  faults.push(...contradictions(settings).filter((line) => !faulty.some((name) => line.includes(name))));
  return settings;
}

/** The parsed variables of a shape. One with a fault counts as not set. */
function readVariables<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: NodeJS.ProcessEnv,
  faults: string[],
): z.infer<z.ZodObject<Shape>> {
  const settings = Object.entries(shape).map(([name, schema]) => {
    const read = z.safeParse(schema, env[name]);
    if (read.success) {
      return [name, read.data];
    }
    faults.push(...read.error.issues.map((issue) => describeIssue(name, issue)));
    return [name, z.parse(schema, undefined)];
  });
  return Object.fromEntries(settings) as z.infer<z.ZodObject<Shape>>;
}
