import type { SignedRequest } from '../wire/signature.js';

/** Names of this machine in a Host header, without the port. */
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** Why a request is not answered by the control API. */
export interface ControlRefusal {
  readonly status: 403 | 415;
  readonly error: string;
}

/**
 * Why a request may come from a web page in a browser on this machine; null if it does not. The control API has no
 * credentials, so these checks stand in for them.
 *
 * - Host is a loopback name: a page whose own name resolves to this machine (DNS rebinding) sends that name.
 * - Origin is absent or that of the sandbox itself: a page of another origin sends its own.
 * - A change is sent as JSON, with or without a body: a browser asks before it sends JSON to another origin, and the sandbox
 *   does not consent.
 */
export function controlRefusal({ method, headers }: SignedRequest): ControlRefusal | null {
  const { host = '', origin = null } = headers;
  if (!LOOPBACK_HOST.test(host)) {
    return { status: 403, error: 'expected a loopback address or localhost in the Host header' };
  }
  if (origin !== null && origin !== `http://${host}`) {
    return { status: 403, error: 'expected no Origin header, or the origin of the sandbox' };
  }
  const [type = ''] = (headers['content-type'] ?? '').split(';', 1);
  if (method !== 'GET' && type.trim().toLowerCase() !== 'application/json') {
    return { status: 415, error: 'expected the header Content-Type: application/json' };
  }
  return null;
}
