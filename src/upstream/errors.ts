import { withoutArns } from '../errors.js';
import type { Refused, Unanswered, ResponseMetadata } from '../ports/upstream.js';
import { MAX_TEXT, optionalText, textOf } from './answerText.js';
import { CredentialFailure, RegionFailures, WrongAccount } from './credentialFailure.js';
import { retryAfterMs } from './retryAfter.js';

/** What the SDK tells of an exchange. */
export interface SdkMetadata {
  readonly $metadata?:
    | {
        readonly httpStatusCode?: number;
        readonly requestId?: string;
        readonly attempts?: number;
      }
    | undefined;
}

/** What the SDK, Node and the services hang on an error; none of it is certain. */
interface SdkError extends SdkMetadata {
  readonly name: string | undefined;
  /** Empty without one. */
  readonly message: string;
  /** Node's, e.g. `ECONNRESET`; none of an answer that was read whole, whose body may have a field of this name. */
  readonly code: string | undefined;
  /** Of an AggregateError: one per address that was tried. */
  readonly errors: readonly unknown[] | undefined;
}

/** The error code of an answer that came but is not the service's. */
export const UNREADABLE_ANSWER = 'UnreadableAnswer';

/** The name the SDK gives an error that carries none. */
const NAMELESS = 'Unknown';

/** Names of errors by which a parser says that it was not given JSON. */
const PARSE_ERRORS = new Set(['SyntaxError', 'TypeError', 'RangeError']);

/** STS's refusal in a region where the account has not activated it. */
const REGION_OFF = 'RegionDisabledException';

/** The SDK's names for a source of credentials that has none at the moment. */
const PROVIDER_ERRORS = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** Names of refusals for credentials that have expired. */
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);

/** Names of refusals for credentials that another program may have replaced. */
const REPLACEABLE = new Set([...EXPIRED, 'InvalidClientTokenId', 'UnrecognizedClientException']);

/**
 * 407 Proxy Authentication Required and 511 Network Authentication Required. After another status of a proxy, such as 403, 502 or
 * 504, the service may have got the request: docs/environments.md, "Proxy".
 */
const PROXY_STATUSES = new Set([407, 511]);

/** What the SDK appends to the message of an error in a body, with more words after it. */
const SDK_HINT = 'Deserialization error: to see the raw response';

/** What the SDK puts before the words of a time-out. */
const SDK_PREFIX = /^@smithy\/node-http-handler - (\[\w+\] )?/;

/**
 * What an error of the SDK means. Never told by its class: an HTML page surfaces as a SyntaxError, an unmodelled
 * exception as a generic one, a reset as a TimeoutError; so by name, code and HTTP status together (UPSTREAMS.md,
 * "What the SDK does"). Whether a lost call may have reached the service is not in the error: requestHandler.ts observes it.
 */
export function translateError(error: unknown): Refused | Unanswered {
  if (error instanceof CredentialFailure) {
    return withoutCredentials(error);
  }
  const pauseMs = retryAfterMs((error as { readonly $response?: unknown } | null)?.$response);
  return pauseMs === 0 ? translated(error) : { ...translated(error), retryAfterMs: pauseMs };
}

function translated(error: unknown): Refused | Unanswered {
  const failure = asSdkError(error);
  if (isOfProxy(failure)) {
    const metadata: ResponseMetadata = { httpStatus: null, awsRequestId: null, attempts: 0 };
    return { kind: 'UNANSWERED', metadata, ...lossOf(failure), neverSent: true };
  }
  if (isRefusal(failure)) {
    const errorCode = failure.name ?? NAMELESS;
    return { kind: 'REFUSED', metadata: metadataOf(failure), errorCode, errorMessage: wordsOf(failure) };
  }
  return { kind: 'UNANSWERED', metadata: metadataOf(failure), ...lossOf(failure), neverSent: false };
}

/** The metadata of an exchange that ended well. */
export function metadataOf({ $metadata = {} }: SdkMetadata): ResponseMetadata {
  return {
    httpStatus: $metadata.httpStatusCode ?? null,
    awsRequestId: optionalText($metadata.requestId, MAX_TEXT.word),
    attempts: $metadata.attempts ?? 1,
  };
}

/** Whether a failure to get credentials may pass by itself: their source is away, or its own credentials have expired. */
export function mayPass(cause: unknown): boolean {
  return withoutCredentials(cause).kind === 'UNANSWERED';
}

/** Whether a source of the SDK's chain failed, without a word from STS: STS in another region would change nothing. */
export function isFromProvider(error: unknown): boolean {
  return PROVIDER_ERRORS.has(asSdkError(error).name ?? '');
}

/** Whether AWS does not accept credentials that new ones may replace. @param error of the SDK, or `errorCode` of a refusal. */
export function isOfCredentials(error: unknown): boolean {
  return error instanceof RegionFailures
    ? error.failures.some((failure) => isOfCredentials(failure.error))
    : REPLACEABLE.has(typeof error === 'string' ? error : (asSdkError(error).name ?? ''));
}

/** Nothing was sent to the service itself; what STS or the provider said decides whether trying again can help. */
function withoutCredentials(cause: unknown): Refused | Unanswered {
  if (cause instanceof CredentialFailure) {
    return withoutCredentials(cause.cause);
  }
  const { kind, errorCode, words } =
    cause instanceof RegionFailures ? worstOf(cause) : credentialFailureOf(cause);
  const metadata: ResponseMetadata = { httpStatus: null, awsRequestId: null, attempts: 0 };
  const errorMessage = textOf(`No credentials: ${withoutArns(words)}`, MAX_TEXT.sentence);
  return kind === 'REFUSED'
    ? { kind, metadata, errorCode, errorMessage }
    : { kind, metadata, errorCode, errorMessage, neverSent: true };
}

/** Why there are no credentials. */
interface NoCredentials {
  readonly kind: 'REFUSED' | 'UNANSWERED';
  readonly errorCode: string;
  readonly words: string;
}

function credentialFailureOf(cause: unknown): NoCredentials {
  const failure = asSdkError(cause);
  const errorCode = failure.name ?? NAMELESS;
  const words = wordsOf(failure);
  if (cause instanceof WrongAccount || (isRefusal(failure) && !EXPIRED.has(errorCode))) {
    return { kind: 'REFUSED', errorCode, words };
  }
  return { kind: 'UNANSWERED', errorCode: lossOf(failure).errorCode, words };
}

/** The failure of all regions: one that may pass counts first, then a refusal, then that STS is off in the region. */
function worstOf({ failures }: RegionFailures): NoCredentials {
  const all = failures.map(({ region, error }) => ({ region, ...credentialFailureOf(error) }));
  const worst =
    all.find(({ kind }) => kind === 'UNANSWERED') ??
    all.find(({ errorCode }) => errorCode !== REGION_OFF) ??
    all[0];
  if (worst === undefined) {
    return { kind: 'REFUSED', errorCode: NAMELESS, words: 'no region to ask STS in' };
  }
  const isSame = all.every(({ words }) => words === worst.words);
  return isSame
    ? worst
    : { ...worst, words: all.map(({ region, words }) => `${region}: ${words}`).join('; ') };
}

/** A 4xx of the service. Only AWS's own answers have its request id: a proxy gives none. */
function isRefusal(failure: SdkError): boolean {
  const { httpStatusCode = 0, requestId } = failure.$metadata ?? {};
  const isReadable = !isParseError(failure) && failure.code === undefined;
  return httpStatusCode >= 400 && httpStatusCode <= 499 && requestId !== undefined && isReadable;
}

/** Whether a proxy has answered in place of the service, with a status by which it says that it forwarded nothing. */
function isOfProxy({ $metadata: { httpStatusCode = 0, requestId } = {} }: SdkError): boolean {
  return PROXY_STATUSES.has(httpStatusCode) && requestId === undefined;
}

function lossOf(failure: SdkError): { readonly errorCode: string; readonly errorMessage: string } {
  const status = failure.$metadata?.httpStatusCode;
  const words = wordsOf(failure);
  if (status === undefined) {
    return { errorCode: failure.code ?? failure.name ?? NAMELESS, errorMessage: words };
  }
  if (isParseError(failure)) {
    return { errorCode: UNREADABLE_ANSWER, errorMessage: `HTTP ${status} with an unreadable body: ${words}` };
  }
  if (failure.code !== undefined) {
    return { errorCode: failure.code, errorMessage: `HTTP ${status}, and the body broke off: ${words}` };
  }
  if (failure.name === undefined || failure.name === NAMELESS) {
    return { errorCode: UNREADABLE_ANSWER, errorMessage: `HTTP ${status} without an error of the service.` };
  }
  return { errorCode: failure.name, errorMessage: words };
}

function isParseError({ name }: SdkError): boolean {
  return name !== undefined && PARSE_ERRORS.has(name);
}

/** The message, without the SDK's advice to its user and without its stand-in for none. */
function wordsOf({ message, errors, code }: SdkError): string {
  const [said = ''] = message.split(SDK_HINT, 1);
  const words = said.trimEnd().replace(SDK_PREFIX, '');
  if (words === 'UnknownError') {
    return '';
  }
  // The error of several addresses has no words of its own.
  if (words === '' && errors !== undefined) {
    return textOf(errors.map((one) => wordsOf(asSdkError(one))).join('; '), MAX_TEXT.sentence);
  }
  return words === '' ? (code ?? '') : words;
}

/** The fields of an error that the gateway uses. A service may have written any of them. */
function asSdkError(error: unknown): SdkError {
  const fields: Partial<Record<keyof SdkError | '$fault', unknown>> =
    typeof error === 'object' && error !== null ? error : { name: typeof error, message: String(error) };
  const word = (value: unknown): string | undefined => optionalText(value, MAX_TEXT.word) ?? undefined;
  const { errors } = fields;
  return {
    name: word(fields.name),
    message: textOf(fields.message, MAX_TEXT.sentence),
    code: fields.$fault === undefined ? word(fields.code) : undefined,
    errors: Array.isArray(errors) ? errors : undefined,
    $metadata: fields.$metadata ?? undefined,
  };
}
