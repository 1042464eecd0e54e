import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { AwsNetwork } from '../ports/awsNetwork.js';

/** The variables by which a shell, a container or a company's image says how AWS is reached. */
export const awsNetworkVariables = {
  HTTPS_PROXY: z.string().optional(),
  https_proxy: z.string().optional(),
  HTTP_PROXY: z.string().optional(),
  http_proxy: z.string().optional(),
  NO_PROXY: z.string().optional(),
  no_proxy: z.string().optional(),
  AWS_REGION: z.string().optional(),
  AWS_CA_BUNDLE: z.string().optional(),
  AWS_USE_FIPS_ENDPOINT: z.string().optional(),
  AWS_USE_DUALSTACK_ENDPOINT: z.string().optional(),
  AWS_ENDPOINT_URL: z.url({ error: 'expected a URL such as http://127.0.0.1:4567' }).optional(),
};

type Variables = z.infer<z.ZodObject<typeof awsNetworkVariables>>;

/** The variables that select other addresses of AWS's own. */
const ENDPOINT_KINDS = ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'] as const;

/**
 * How calls reach AWS; null with the sandbox, which none of the variables concerns. As with curl and Node, a variable in lower case counts before the same one in capitals.
 *
 * @param faults gets a line for each variable that cannot be used, without passwords.
 */
export function awsNetwork(
  upstream: 'sandbox' | 'aws',
  variables: Variables,
  faults: string[],
): AwsNetwork | null {
  if (upstream === 'sandbox') {
    return null;
  }
  faults.push(...endpointFaults(variables));
  const proxies = {
    HTTPS_PROXY:
      proxyAddress(variables, 'https_proxy', faults) ?? proxyAddress(variables, 'HTTPS_PROXY', faults),
    HTTP_PROXY:
      proxyAddress(variables, 'http_proxy', faults) ?? proxyAddress(variables, 'HTTP_PROXY', faults),
    NO_PROXY: variables.no_proxy ?? variables.NO_PROXY,
  };
  const isProxied = proxies.HTTPS_PROXY !== undefined || proxies.HTTP_PROXY !== undefined;
  return {
    proxies: isProxied ? proxies : null,
    caBundle: readCaBundle(variables.AWS_CA_BUNDLE, faults),
    region: variables.AWS_REGION ?? null,
  };
}

/** The way to AWS in words, without the password of a proxy: `directly`, or `through the proxy http://...`. */
export function describeAwsNetwork({ proxies }: AwsNetwork): string {
  if (proxies === null) {
    return 'directly';
  }
  const { HTTPS_PROXY, HTTP_PROXY, NO_PROXY } = proxies;
  const ways = [
    HTTPS_PROXY === undefined ? 'directly' : `through the proxy ${withoutPassword(HTTPS_PROXY)}`,
    HTTP_PROXY === undefined || HTTP_PROXY === HTTPS_PROXY
      ? ''
      : `(http: addresses through ${withoutPassword(HTTP_PROXY)})`,
    NO_PROXY === undefined ? '' : `except for ${NO_PROXY}`,
  ];
  return ways.filter(Boolean).join(' ');
}

/** The SDK ignores other values than these two, so that calls would go to the addresses without FIPS. */
function endpointFaults(variables: Variables): string[] {
  return ENDPOINT_KINDS.filter((name) => !['true', 'false', undefined].includes(variables[name])).map(
    (name) => `${name}: expected true or false, in lower case`,
  );
}

/** The address with its scheme, `http:` when it has none. */
function proxyAddress(
  variables: Variables,
  name: 'https_proxy' | 'HTTPS_PROXY' | 'http_proxy' | 'HTTP_PROXY',
  faults: string[],
): string | undefined {
  const value = variables[name];
  if (value === undefined) {
    return undefined;
  }
  const address = value.includes('://') ? value : `http://${value}`;
  const url = URL.parse(address);
  const isHttp = url !== null && ['http:', 'https:'].includes(url.protocol);
  if (!isHttp || !areDecodable(url)) {
    const got = url === null || isHttp ? 'another text' : `the scheme ${url.protocol.slice(0, -1)}`;
    faults.push(`${name}: expected http://host:port or http://user:password@host:port; got ${got}`);
    return undefined;
  }
  return address;
}

/** Whether user and password are percent-encoded as in a URL. */
function areDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false;
  }
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  if (url.password !== '') {
    url.password = '***';
  }
  return url.href;
}

function readCaBundle(file: string | undefined, faults: string[]): string | null {
  if (file === undefined) {
    return null;
  }
  try {
    const bundle = readFileSync(file, 'utf8');
    new X509Certificate(bundle);
    return bundle;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    faults.push(`AWS_CA_BUNDLE: expected a file with certificates as PEM; got ${reason}`);
    return null;
  }
}
