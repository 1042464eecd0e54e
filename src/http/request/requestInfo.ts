import type { Caller, Origin } from '../../membership.js';
import type { EndTurn } from '../../services/fairTurns.js';
import type { Credential } from '../../services/access/credentialWatch.js';
import type { CallerCode } from './callerErrors.js';

/** What hooks, routes and the log know of an HTTP request once the gate has let it pass. */
export interface RequestInfo {
  readonly origin: Omit<Origin, 'tokenId'>;
  /** Null: anonymous. */
  readonly caller: Caller | null;
  /** When the caller's credential expires; null for a credential without an expiry. */
  readonly expiresAt: Date | null;
  /** Characters of the body; 0 before it has been read, and without one. */
  bodyLength: number;
  /** Null until the operation has been parsed and validated. */
  operation: OperationInfo | null;
  /** Ends the query's turn, once it has been executed. Null before the turn, and for other operations. */
  endExecution: EndTurn | null;
  /** The codes of the errors in the answer, with the number of each. */
  errors: Readonly<Record<string, number>>;
}

/** One operation, as the log shows it. */
export interface OperationInfo {
  /** `query`, `mutation` or `subscription`. */
  readonly type: string;
  /** Null for an operation without a name. */
  readonly name: string | null;
  /** The names of its root fields. */
  readonly fields: readonly string[];
  /** In points; null until the cost is known. */
  cost: number | null;
  /** The `counts` of the requests in the answer of a mutation that selects them. */
  counts: readonly unknown[];
}

/** The caller's credential, to be watched during a long answer. */
export function credentialOf({ caller, expiresAt }: RequestInfo): Credential {
  return { tokenId: caller?.origin?.tokenId ?? null, expiresAt };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the gate; null on a route without one, and for a request that has not passed. */
    requestInfo: RequestInfo | null;
    /** The code of the error that the whole request was answered with, before an operation began; else null. */
    refusedWith: CallerCode | null;
  }
}
