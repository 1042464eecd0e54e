import { z } from 'zod';
import type { DatabaseAddress, DatabaseAddresses } from '../ports/databaseAddress.js';
import { iamAddress } from './databaseIam.js';
import { hostsIn, writerAmong, type WrittenHost } from './databaseHosts.js';
import { databaseTls } from './databaseTls.js';
import { didYouMean } from './didYouMean.js';

/** The parameters that a URL may have. Others are refused: one that is ignored may be one that somebody relies on. */
const PARAMETERS = [
  'host',
  'options',
  'port',
  'schema',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslnegotiation',
  'sslrootcert',
  'target_session_attrs',
];

/** Names of schemas that no statement has to quote, and that pg-boss accepts. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,49}$/;

/** The variables that name the database; each becomes an address. */
export const databaseVariables = {
  DATABASE_URL: databaseUrl('DATABASE_URL').optional(),
  DIRECT_DATABASE_URL: databaseUrl('DIRECT_DATABASE_URL').optional(),
  DATABASE_SIGN_IN: z.enum(['password', 'rds-iam']).default('password'),
  AWS_REGION: z.string().optional(),
};

/** The addresses of the database of a gateway; null without DATABASE_URL. */
export function databaseAddresses(
  variables: z.infer<z.ZodObject<typeof databaseVariables>>,
  faults: string[],
): DatabaseAddresses | null {
  const { DATABASE_URL: record, DIRECT_DATABASE_URL: direct } = variables;
  if (record === undefined) {
    if (direct !== undefined) {
      faults.push('DIRECT_DATABASE_URL: expected together with DATABASE_URL');
    }
    return null;
  }
  if (direct !== undefined && direct.schema !== record.schema) {
    faults.push('DIRECT_DATABASE_URL: expected the same `schema` as in DATABASE_URL');
  }
  if (variables.DATABASE_SIGN_IN === 'password') {
    return { record, direct: direct ?? record };
  }
  const signedIn = iamAddress(record, variables.AWS_REGION, faults);
  return {
    record: signedIn,
    direct: direct === undefined ? signedIn : iamAddress(direct, variables.AWS_REGION, faults),
  };
}

/** The address in a URL of the gateway's own making. */
export function addressOf(url: string): DatabaseAddress {
  return databaseUrl('DATABASE_URL').parse(url);
}

/** The addresses of a database with one URL for everything. */
export function addressesOf(url: string): DatabaseAddresses {
  const address = addressOf(url);
  return { record: address, direct: address };
}

/** Reads a URL. Faults do not repeat values: a URL contains a password. */
function databaseUrl(variable: DatabaseAddress['variable']) {
  return z.string().transform((text, context): DatabaseAddress => {
    const faults: string[] = [];
    const address = readUrl(variable, text, faults);
    if (address === null || faults.length > 0) {
      context.issues.push(...faults.map((message) => ({ code: 'custom' as const, message, input: null })));
      return z.NEVER;
    }
    return address;
  });
}

function readUrl(
  variable: DatabaseAddress['variable'],
  text: string,
  faults: string[],
): DatabaseAddress | null {
  const parts = splitUrl(text);
  if (parts === null) {
    faults.push('expected postgresql://user:password@host:port/database?parameters');
    return null;
  }
  const { url, hosts } = parts;
  faults.push(...parameterFaults(url.searchParams));
  const tls = databaseTls(url.searchParams, faults);
  const among = writerAmong(hosts, url.searchParams, faults);
  const parameter = (name: string): string | null => url.searchParams.get(name);
  const [first] = hosts;
  return {
    variable,
    ...given('host', first.host),
    ...(first.port === null ? {} : { port: first.port }),
    ...(among === null ? {} : { writerAmong: among }),
    ...given('user', decodeURIComponent(url.username)),
    ...given('password', decodeURIComponent(url.password)),
    ...given('database', decodeURIComponent(url.pathname.slice(1))),
    ...given('options', parameter('options')),
    ...(tls === undefined ? {} : { tls }),
    ...given('caFile', tls && tls.ca !== undefined ? parameter('sslrootcert') : null),
    isTlsDirect: parameter('sslnegotiation') === 'direct',
    schema: parameter('schema'),
  };
}

/** The URL with a host that every parser takes, and the real hosts; null if it is not PostgreSQL's. */
function splitUrl(text: string): { url: URL; hosts: readonly [WrittenHost, ...WrittenHost[]] } | null {
  const [scheme = '', rest = ''] = text.split(/(?<=^postgres(?:ql)?:\/\/)/);
  const authority = rest.split(/[/?#]/, 1)[0] ?? '';
  const hostAt = authority.lastIndexOf('@') + 1;
  const url = URL.parse(`${scheme}${rest.slice(0, hostAt)}host${rest.slice(authority.length)}`);
  if (rest === '' || url === null) {
    return null;
  }
  try {
    decodeURIComponent(`${url.username}${url.password}${url.pathname}`);
    const hosts = hostsIn(authority.slice(hostAt), url.searchParams);
    return hosts && { url, hosts };
  } catch {
    return null;
  }
}

/** The property, unless its text is empty: pg then has a default of its own. */
function given<Name extends string>(name: Name, text: string | null): Partial<Record<Name, string>> {
  return text === null || text === '' ? {} : ({ [name]: text } as Record<Name, string>);
}

function parameterFaults(parameters: URLSearchParams): string[] {
  const faults = [...new Set(parameters.keys())]
    .filter((name) => !PARAMETERS.includes(name))
    .map((name) => {
      const guess = didYouMean(name, PARAMETERS);
      return `the parameter ${name.slice(0, 40)} is not taken; remove it, or use one of ${PARAMETERS.join(', ')}${guess}`;
    });
  const schema = parameters.get('schema');
  if (schema !== null && !SCHEMA.test(schema)) {
    faults.push('schema: expected a name of at most 50 small letters, digits and underscores');
  }
  return faults;
}
