import type { FixedResult } from '../members/member.js';
import type { OperationName } from '../operations.js';
import type { ChangingOperation, Scope } from '../scope.js';
import type { Settings } from '../settings.js';
import type { SandboxState } from '../state/sandboxState.js';
import type { Identity } from '../wire/credentials.js';
import type { Mail } from './callLog.js';

/** A call with a valid signature. */
export interface SignedCall {
  readonly identity: Identity;
  readonly region: string;
  readonly method: string;
  /** The decoded segments of the path: `/detector/abc/member` has detector, abc, member. */
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string | string[]>>;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly requestId: string;
  /** When the call arrived, ISO string. */
  readonly at: string;
}

/** The input of one operation, not yet performed. */
export interface Input {
  /** The member accounts as sent: unchecked and with duplicates. */
  readonly accountIds: readonly string[];
  /** Throws a Refusal if the service refuses the whole input. */
  check(): void;
  /** Performs the operation. Throws a Refusal if the state of the service forbids it. */
  perform(): Answer;
}

/** One operation of a service with its input. */
export interface Operation extends Input {
  readonly name: OperationName;
}

/** A service's answer to an operation that was performed. */
export interface Answer {
  /** The body: an object for JSON, a string of XML for STS. */
  readonly body: unknown;
  /** The account ids that the answer lists as unprocessed. */
  readonly unprocessed: readonly string[];
}

/** Reads the input of one operation. */
export type Handler = (call: SignedCall) => Input;

/** Returns the operation of a call; undefined if the service does not have it. */
export type ServiceEntry = (call: SignedCall) => Operation | undefined;

/** The dependencies of a service with members. */
export interface ServiceDependencies {
  readonly state: SandboxState;
  readonly settings: () => Settings;
  /** Returns the result texts of magic account ids for one operation. */
  readonly fixedResults: (scope: Scope, operation: ChangingOperation) => FixedResult;
  /** Records an invitation. */
  readonly mail: (mail: Omit<Mail, 'sequence'>) => void;
}

/** The limit of both services for accounts in one call and members in one page (UPSTREAMS.md). */
export const BATCH_LIMIT = 50;

/** Returns an input without member accounts. `perform` returns the body of the answer. */
export const plainInput = (perform: () => object, check: () => void = () => undefined): Input => ({
  accountIds: [],
  check,
  perform: () => ({ body: perform(), unprocessed: [] }),
});
