import type { Mail } from './callLog.js';
import type { Identity } from './credentials.js';
import type { Screen } from './member.js';
import type { ChangingOperation, OperationName, Scope } from './scope.js';
import type { Settings } from './settings.js';
import type { World } from './world.js';

/** A call whose signature holds, on its way to a service. */
export interface SignedCall {
  readonly identity: Identity;
  readonly region: string;
  readonly method: string;
  /** The path's parts, decoded: `/detector/abc/member` is detector, abc, member. */
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
  readonly requestId: string;
  /** When the call came, ISO string. */
  readonly at: string;
}

/** One operation of a service with its input read, not yet carried out. */
export interface Operation {
  readonly name: OperationName;
  /** The member accounts it names, as sent: not checked, repeated ones repeated. */
  readonly accountIds: readonly string[];
  /** Throws the Refusal of input that the service refuses as a whole. */
  check(): void;
  /** Carries it out. */
  run(): Answer;
}

/** What a service answers to an operation it took. */
export interface Answer {
  /** The body, in the service's own shape: an object for JSON, a string of XML for STS. */
  readonly body: unknown;
  /** The account ids the answer lists as unprocessed. */
  readonly unprocessed: readonly string[];
}

/** A service: finds the operation a call means; undefined when it has no such operation. */
export type ServiceEntry = (call: SignedCall) => Operation | undefined;

/** What a service works on. */
export interface Surroundings {
  readonly world: World;
  readonly settings: () => Settings;
  /** The magic account ids of one operation. */
  readonly screen: (scope: Scope, operation: ChangingOperation) => Screen;
  /** Told of every invitation that was taken. */
  readonly mail: (mail: Omit<Mail, 'sequence'>) => void;
}

/** The largest number of accounts both services take in one call, and of members in one page (see UPSTREAMS.md). */
export const BATCH_LIMIT = 50;
