import type { SignedService } from '../operations.js';
import type { Service } from '../scope.js';

/** The refusal of a whole call. `perform` turns it into a reply. */
export class Refusal extends Error {
  /** The HTTP status. */
  readonly status: number;
  /** The exception's name as the service writes it, for example `BadRequestException`. */
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.type = type;
  }
}

/** Why a signature is refused. */
export type SignatureFault = 'missing' | 'incomplete' | 'unknown-key' | 'mismatch' | 'expired-token';

// GuardDuty and Security Hub (REST) use the error names of API Gateway. STS (query protocol) has older names.
const SIGNATURE_FAULTS: Readonly<
  Record<SignatureFault, { rest: string; query: string; status: number; message: string }>
> = {
  missing: {
    rest: 'MissingAuthenticationTokenException',
    query: 'MissingAuthenticationToken',
    status: 403,
    message: 'Missing Authentication Token',
  },
  incomplete: {
    rest: 'IncompleteSignatureException',
    query: 'IncompleteSignature',
    status: 403,
    message:
      "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and a date.",
  },
  'unknown-key': {
    rest: 'UnrecognizedClientException',
    query: 'InvalidClientTokenId',
    status: 403,
    message: 'The security token included in the request is invalid.',
  },
  mismatch: {
    rest: 'InvalidSignatureException',
    query: 'SignatureDoesNotMatch',
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  },
  'expired-token': {
    rest: 'ExpiredTokenException',
    query: 'ExpiredToken',
    status: 403,
    message: 'The security token included in the request is expired',
  },
};

/** Returns the refusal for a signature fault. `message` replaces the usual text. */
export function signatureRefusal(service: string, fault: SignatureFault, message?: string): Refusal {
  const known = SIGNATURE_FAULTS[fault];
  return new Refusal(known.status, service === 'sts' ? known.query : known.rest, message ?? known.message);
}

/** The text of a whole-call refusal for invalid input (UPSTREAMS.md, "Whole-call refusals"). */
export const OUT_OF_RANGE =
  'The request is rejected because an invalid or out-of-range value is specified as an input parameter.';

/** The names of common refusals in one service. */
interface RefusalNames {
  readonly badInput: string;
  readonly throttled: { readonly status: number; readonly type: string; readonly message: string };
  readonly internalError: string;
  readonly accessDenied: { readonly status: number; readonly type: string };
}

const NAMES: Readonly<Record<SignedService, RefusalNames>> = {
  guardduty: {
    badInput: 'BadRequestException',
    // A common throttle, which the model does not declare.
    throttled: { status: 400, type: 'ThrottlingException', message: 'Rate exceeded' },
    internalError: 'InternalServerErrorException',
    accessDenied: { status: 403, type: 'AccessDeniedException' },
  },
  securityhub: {
    badInput: 'InvalidInputException',
    // The only throttle that the model declares.
    throttled: { status: 429, type: 'LimitExceededException', message: 'Too many requests' },
    internalError: 'InternalException',
    accessDenied: { status: 403, type: 'AccessDeniedException' },
  },
  sts: {
    badInput: 'ValidationError',
    throttled: { status: 400, type: 'Throttling', message: 'Rate exceeded' },
    internalError: 'InternalFailure',
    accessDenied: { status: 403, type: 'AccessDenied' },
  },
  organizations: {
    badInput: 'InvalidInputException',
    throttled: { status: 400, type: 'TooManyRequestsException', message: 'Rate exceeded' },
    internalError: 'ServiceException',
    accessDenied: { status: 400, type: 'AccessDeniedException' },
  },
};

/** Returns the refusal of invalid input. */
export const badInput = (service: SignedService, message: string): Refusal =>
  new Refusal(400, NAMES[service].badInput, message);

/** Returns the refusal above the rate limit. */
export function throttled(service: SignedService): Refusal {
  const { status, type, message } = NAMES[service].throttled;
  return new Refusal(status, type, message);
}

/** Returns the refusal by a quota of the account: the name and status of Security Hub's throttle, with a text of its own. */
export const overQuota = (service: SignedService): Refusal =>
  new Refusal(
    service === 'securityhub' ? 429 : 400,
    'LimitExceededException',
    'The request was rejected because it attempted to create resources beyond the current account limits.',
  );

/** Returns the failure inside a service. */
export const internalError = (service: SignedService): Refusal =>
  new Refusal(500, NAMES[service].internalError, 'Internal server error');

/** Returns the refusal of a caller without permission. `principal` is its ARN, `operation` the denied action. */
export function accessDenied(service: SignedService, principal: string, operation: string): Refusal {
  const { status, type } = NAMES[service].accessDenied;
  return new Refusal(
    status,
    type,
    `User: ${principal} is not authorized to perform: ${service}:${operation}`,
  );
}

/** Returns Security Hub's refusal of an account that may not act for the organization; the other services deny it. */
export const notAdministrator = (service: SignedService, account: string, operation: string): Refusal =>
  service === 'securityhub'
    ? new Refusal(
        401,
        'InvalidAccessException',
        `Account ${account} is not an administrator for this organization`,
      )
    : accessDenied(service, account, operation);

/** Returns the refusal of a service that is not enabled in the account and region. GuardDuty refuses the detector. */
export const notEnabled = (service: Service, account: string): Refusal =>
  service === 'guardduty'
    ? new Refusal(
        400,
        'BadRequestException',
        'The request is rejected because the input detectorId is not owned by the current account.',
      )
    : new Refusal(401, 'InvalidAccessException', `Account ${account} is not subscribed to AWS Security Hub`);

/** Returns STS's refusal in a region where the account has not activated it. The text is AWS's. */
export const regionDisabled = (account: string): Refusal =>
  new Refusal(
    403,
    'RegionDisabledException',
    `STS is not activated in this region for account:${account}. Your account administrator can activate STS in this region using the IAM Console.`,
  );
