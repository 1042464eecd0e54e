import { faultAfter, faultBefore, type FaultedCall } from '../faults/applyFault.js';
import type { Delivery } from '../wire/delivery.js';
import type { MagicOutcomes } from '../faults/magicOutcomes.js';
import type { FaultRules } from '../faults/faultRules.js';
import type { Answer, Operation, ServiceEntry } from './operation.js';
import type { RateGate } from './rates.js';
import { accessDenied, Refusal, signatureRefusal, throttled } from '../wire/refusal.js';
import { jsonReply, refusalReply, xmlReply, type Reply } from '../wire/reply.js';
import { SIGNED_SERVICES, type OperationName, type SignedService } from '../operations.js';
import { hasMembers } from '../scope.js';
import type { Settings } from '../settings.js';
import type { CredentialScope, SignatureCheck, SignedRequest } from '../wire/signature.js';

/** The result of a call. */
export interface CallResult {
  /** AWS's name of the operation; null if the call was refused before the operation was known. */
  readonly operation: OperationName | null;
  /** The member accounts in the call; empty if the operation is not known. */
  readonly accountIds: readonly string[];
  /** Whether the operation was performed, even if its answer is lost. */
  readonly performed: boolean;
  readonly unprocessed: readonly string[];
  /** The exception's name if the call was refused with one. */
  readonly errorType: string | null;
  readonly delivery: Delivery;
  /** The additional delay of the answer, in milliseconds. */
  readonly delayMs: number;
}

/** The dependencies of `createPerform`, in the order in which they decide on a call. */
export interface PerformDependencies {
  readonly checkSignature: SignatureCheck;
  readonly services: Readonly<Record<SignedService, ServiceEntry>>;
  readonly settings: () => Settings;
  readonly rates: RateGate;
  readonly faults: FaultRules;
  readonly magicOutcomes: MagicOutcomes;
  readonly now: () => number;
  /** Called after each operation that was performed. */
  readonly onPerformed: () => void;
}

/** Performs or refuses a call. */
export type Perform = (
  request: SignedRequest,
  claim: CredentialScope | undefined,
  requestId: string,
) => Promise<CallResult>;

/** Returns the function that performs calls. */
export function createPerform(dependencies: PerformDependencies): Perform {
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
        throw unsignedRefusal(request);
      }
      const identity = await dependencies.checkSignature(request, claim);
      const { service, region } = claim;
      if (!isSignedService(service)) {
        throw unknownOperation(request, service);
      }
      const at = new Date(dependencies.now()).toISOString();
      operation = dependencies.services[service]({ ...readCall(request), identity, region, requestId, at });
      if (!operation) {
        throw unknownOperation(request, service);
      }
      const call: FaultedCall = {
        scope: { account: identity.account, region, service },
        identity,
        operation,
      };
      checkAccess(dependencies, call);

      const { fault, ms } = faultFor(dependencies, call);
      const before = fault && faultBefore(fault, call);
      if (before) {
        return { ...base(), performed: false, delivery: before, delayMs: ms };
      }
      const answer = operation.perform();
      dependencies.onPerformed();
      const delivery = faultAfter(fault, replyOf(service, requestId, answer));
      return { ...base(), performed: true, unprocessed: answer.unprocessed, delivery, delayMs: ms };
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
      const reply = refusalReply(claim?.service ?? '', requestId, error);
      return { ...base(), performed: false, errorType: error.type, delivery: { manner: 'whole', reply } };
    }
  };
}

/** Throws the refusal of the region, of the rate limit or of the service. */
function checkAccess({ settings, rates }: PerformDependencies, call: FaultedCall): void {
  const { scope, identity, operation } = call;
  const region = hasMembers(scope.service) ? (settings().regions[scope.region] ?? 'on') : 'on';
  if (region === 'off') {
    throw signatureRefusal(scope.service, 'unknown-key');
  }
  if (region === 'denied') {
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

/** Returns the fault of a call: a fault rule comes before a magic account id. */
function faultFor({ faults, magicOutcomes }: PerformDependencies, { scope, operation }: FaultedCall) {
  const { name, accountIds } = operation;
  const rule = faults.faultFor(scope, name, accountIds);
  return rule ?? { fault: magicOutcomes.faultFor(scope, name, accountIds), ms: 0 };
}

const replyOf = (service: SignedService, requestId: string, { body }: Answer): Reply =>
  service === 'sts' ? xmlReply(requestId, 200, String(body)) : jsonReply(requestId, body);

const isSignedService = (service: string): service is SignedService =>
  SIGNED_SERVICES.some((one) => one === service);

const readCall = ({ path, ...request }: SignedRequest) => ({
  ...request,
  segments: path.split('/').filter(Boolean).map(decoded),
});

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const unsignedRefusal = ({ headers }: SignedRequest): Refusal =>
  signatureRefusal('', headers['authorization'] === undefined ? 'missing' : 'incomplete');

const unknownOperation = ({ method, path }: SignedRequest, service: string): Refusal =>
  new Refusal(404, 'UnknownOperationException', `The sandbox has no ${method} ${path} of ${service}.`);
