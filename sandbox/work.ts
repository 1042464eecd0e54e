import type { Identity } from './credentials.js';
import type { Delivery } from './delivery.js';
import type { Endings } from './endings.js';
import type { FaultRules } from './faults.js';
import type { Answer, Operation, ServiceEntry } from './operation.js';
import type { RateGate } from './rates.js';
import { accessDenied, Refusal, signatureRefusal, throttled } from './refusal.js';
import { jsonReply, refusalReply, xmlReply, type Reply } from './reply.js';
import type { CallScope, OperationName, SignedService } from './scope.js';
import type { Settings } from './settings.js';
import type { CredentialScope, SignatureCheck, SignedRequest } from './signature.js';
import { struckAfter, struckBefore } from './struck.js';

/** What came of a call. */
export interface Work {
  /** AWS's name of the operation, and the member accounts it names; null and none when the call did not get that far. */
  readonly operation: OperationName | null;
  readonly accountIds: readonly string[];
  /** Whether the operation was carried out, whatever becomes of its answer. */
  readonly done: boolean;
  readonly unprocessed: readonly string[];
  /** The exception's name when the call was refused with one. */
  readonly errorType: string | null;
  readonly delivery: Delivery;
  /** How much later than usual the answer goes out, in milliseconds. */
  readonly delayMs: number;
}

/** Who has a say in what comes of a call, in the order they are asked. */
export interface WorkParts {
  readonly checkSignature: SignatureCheck;
  readonly services: Readonly<Record<SignedService, ServiceEntry>>;
  readonly settings: () => Settings;
  readonly rates: RateGate;
  readonly faults: FaultRules;
  readonly endings: Endings;
  readonly now: () => number;
  /** Told after every operation that was carried out. */
  readonly worked: () => void;
}

/** Finds out what a call means, and carries it out or refuses it. */
export type Perform = (
  request: SignedRequest,
  claim: CredentialScope | undefined,
  requestId: string,
) => Promise<Work>;

export function createPerform(parts: WorkParts): Perform {
  return async (request, claim, requestId) => {
    let operation: Operation | undefined;
    const base = () => ({
      operation: operation?.name ?? null,
      accountIds: operation?.accountIds ?? [],
      unprocessed: [],
      errorType: null,
      delayMs: 0,
    });
    try {
      if (!claim) {
        throw unsigned(request);
      }
      const { service, region } = claim;
      const identity = await parts.checkSignature(request, claim);
      operation = isKnown(service)
        ? parts.services[service]({
            ...readCall(request),
            identity,
            region,
            requestId,
            at: new Date(parts.now()).toISOString(),
          })
        : undefined;
      if (!operation || !isKnown(service)) {
        throw unknownOperation(request, service);
      }
      const scope: CallScope = { account: identity.account, region, service };
      gate(parts, scope, identity, operation);

      const { fault, ms } = parts.faults.strike(scope, operation.name, operation.accountIds) ?? {
        fault: parts.endings.fault(scope, operation.name, operation.accountIds),
        ms: 0,
      };
      const before = fault && struckBefore(fault, scope, identity, operation);
      if (before) {
        return { ...base(), done: false, delivery: before, delayMs: ms };
      }
      const answer = operation.run();
      parts.worked();
      return {
        ...base(),
        done: true,
        unprocessed: answer.unprocessed,
        delivery: struckAfter(fault, replyOf(service, requestId, answer)),
        delayMs: ms,
      };
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
      const reply = refusalReply(claim?.service ?? '', requestId, error);
      return { ...base(), done: false, errorType: error.type, delivery: { manner: 'whole', reply } };
    }
  };
}

/** Throws what the region, the rate or the service itself has against the call. */
function gate(
  { settings, rates }: WorkParts,
  scope: CallScope,
  identity: Identity,
  operation: Operation,
): void {
  const state = scope.service === 'sts' ? 'on' : (settings().regions[scope.region] ?? 'on');
  if (state === 'off') {
    throw signatureRefusal(scope.service, 'unknown-key');
  }
  if (state === 'denied') {
    throw accessDenied(
      scope.service,
      identity.arn,
      `${operation.name} with an explicit deny in a service control policy`,
    );
  }
  if (!rates.pass(scope)) {
    throw throttled(scope.service);
  }
  operation.check();
}

const replyOf = (service: SignedService, requestId: string, { body }: Answer): Reply =>
  service === 'sts' ? xmlReply(requestId, 200, String(body)) : jsonReply(requestId, body);

const isKnown = (service: string): service is SignedService =>
  service === 'guardduty' || service === 'securityhub' || service === 'sts';

const readCall = ({ method, path, query, body }: SignedRequest) => ({
  method,
  segments: path.split('/').filter(Boolean).map(decoded),
  query,
  body,
});

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const unsigned = ({ headers }: SignedRequest): Refusal =>
  signatureRefusal('', headers['authorization'] === undefined ? 'missing' : 'incomplete');

const unknownOperation = ({ method, path }: SignedRequest, service: string): Refusal =>
  new Refusal(404, 'UnknownOperationException', `The sandbox has no ${method} ${path} of ${service}.`);
