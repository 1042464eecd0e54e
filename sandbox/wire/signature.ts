import { createHash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { CredentialDirectory, Identity } from './credentials.js';
import { NodeSha256 } from './nodeSha256.js';
import { signatureRefusal } from './refusal.js';

/** An HTTP request with its whole body. Header names are in lower case. */
export interface SignedRequest {
  readonly method: string;
  /** The path, percent-encoded as received. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The unverified content of an Authorization header. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** The day of the signing key, YYYYMMDD. */
  readonly day: string;
  readonly region: string;
  /** The signing name, for example `guardduty`. */
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** AWS accepts signatures with a date at most 5 minutes before or after its own clock. */
const MAX_CLOCK_SKEW_MS = 5 * 60 * 1000;

/**
 * Returns the identity that signed a request.
 *
 * @throws Refusal with the service's own error name for an invalid signature.
 */
export type SignatureCheck = (request: SignedRequest, scope: CredentialScope) => Promise<Identity>;

/** Returns the content of an Authorization header; undefined unless it is a complete Signature Version 4 header. */
export function readCredentialScope(authorization: string): CredentialScope | undefined {
  const [, accessKeyId, day, region, service, signedHeaders, signature] =
    AUTHORIZATION.exec(authorization) ?? [];
  if (!accessKeyId || !day || !region || !service || !signedHeaders || !signature) {
    return undefined;
  }
  return { accessKeyId, day, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

/** Returns a check that signs the request again with the known secret, with the SDK's own signer. */
export function createSignatureCheck(directory: CredentialDirectory, now: () => number): SignatureCheck {
  return async (request, scope) => {
    const refuse = (...fault: [Parameters<typeof signatureRefusal>[1], string?]) =>
      signatureRefusal(scope.service, ...fault);
    const date = request.headers['x-amz-date'] ?? '';
    const signedAt = readBasicDate(date);
    if (signedAt === undefined || !date.startsWith(scope.day) || !scope.signedHeaders.includes('host')) {
      throw refuse('incomplete');
    }
    const identity = directory.find(scope.accessKeyId);
    if (!identity || identity.sessionToken !== request.headers['x-amz-security-token']) {
      throw refuse('unknown-key');
    }
    if (identity.expiresAt !== undefined && identity.expiresAt <= now()) {
      throw refuse('expired-token');
    }
    if (Math.abs(now() - signedAt.getTime()) > MAX_CLOCK_SKEW_MS) {
      throw refuse('mismatch', skewMessage(date, now()));
    }
    if (!isBodySigned(request) || (await sign(request, scope, identity, signedAt)) !== scope.signature) {
      throw refuse('mismatch');
    }
    return identity;
  };
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/;

async function sign(
  request: SignedRequest,
  scope: CredentialScope,
  identity: Identity,
  signingDate: Date,
): Promise<string> {
  const signer = new SignatureV4({
    credentials:
      identity.sessionToken === undefined
        ? { accessKeyId: identity.accessKeyId, secretAccessKey: identity.secretAccessKey }
        : {
            accessKeyId: identity.accessKeyId,
            secretAccessKey: identity.secretAccessKey,
            sessionToken: identity.sessionToken,
          },
    region: scope.region,
    service: scope.service,
    sha256: NodeSha256,
    applyChecksum: false,
  });
  const headers: Record<string, string> = {};
  for (const name of scope.signedHeaders) {
    headers[name] = request.headers[name] ?? '';
  }
  const { hostname, port } = ANY_ADDRESS;
  const signed = await signer.sign(
    { ...request, query: { ...request.query }, headers, protocol: 'http:', hostname, port },
    { signingDate, signableHeaders: new Set(scope.signedHeaders) },
  );
  return readCredentialScope(signed.headers['authorization'] ?? '')?.signature ?? '';
}

// The signature has the Host header but not the target address. Only the signer's type requires one.
const ANY_ADDRESS = { hostname: '127.0.0.1', port: 80 };

function isBodySigned({ headers, body }: SignedRequest): boolean {
  const claimed = headers['x-amz-content-sha256'];
  return claimed === undefined || claimed === createHash('sha256').update(body).digest('hex');
}

/** Returns the time of a date such as 20260131T235959Z. */
function readBasicDate(text: string): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second] = parts;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const basicDate = (time: number): string => new Date(time).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

function skewMessage(date: string, now: number): string {
  const early = basicDate(now - MAX_CLOCK_SKEW_MS);
  return date < early
    ? `Signature expired: ${date} is now earlier than ${early} (${basicDate(now)} - 5 min.)`
    : `Signature not yet current: ${date} is still later than ${basicDate(now + MAX_CLOCK_SKEW_MS)} (${basicDate(now)} + 5 min.)`;
}
