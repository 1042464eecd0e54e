import { GatewayError } from '../../errors.js';
import type { FaultCode } from '../../membership.js';

/** One fault of a caller's input. */
export interface Fault {
  /** Path of the value, from the arguments inwards: `["input", "accounts", "3", "email"]`; null for the input as a whole. */
  readonly path: readonly string[] | null;
  readonly code: FaultCode;
  /** What was expected and what came; names the account where there is one. */
  readonly message: string;
}

/** A fault as mutations return it. */
export interface UserError {
  /** The path of the fault. */
  readonly field: readonly string[] | null;
  readonly code: FaultCode;
  readonly message: string;
}

/** The faults as mutations return them. */
export function toUserErrors(faults: readonly Fault[]): UserError[] {
  return faults.map(({ path, code, message }) => ({ field: path, code, message }));
}

/** A fault as queries and exports are refused with it: `BAD_USER_INPUT`, the path in front of the message. */
export function badUserInput({ path, message }: Fault): GatewayError {
  return new GatewayError('BAD_USER_INPUT', path === null ? message : `${path.join('.')}: ${message}`);
}

/** @throws GatewayError `BAD_USER_INPUT` for the first fault, if there is one. */
export function throwFirstFault([first]: readonly Fault[]): void {
  if (first !== undefined) {
    throw badUserInput(first);
  }
}
