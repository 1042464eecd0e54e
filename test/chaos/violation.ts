/**
 * The rules a history is held against:
 * - `ACCEPTED_ONCE`: a mutation is on record at most once, the one it was answered with, and nothing else is
 * - `ALL_ASKED_FOR`: every account asked for has exactly one outcome at every target, and no other account has one
 * - `ALL_FINAL`: requests, outcomes and calls have ended
 * - `PROCESSED_IS_TRUE`: an account is PROCESSED only if the service took it, through one of its own calls
 * - `TAKEN_IS_PROCESSED`: what the service took through one of its calls ends PROCESSED
 * - `REFUSED_IS_TRUE`: an account is UNPROCESSED only if the service refused it, and in the service's words
 * - `NOT_GIVEN_UP_EARLY`: what another send may cure is sent six times, unless its request is canceled
 * - `COUNTS_AGREE`: counts and status of requests and targets follow from the outcomes
 * - `WIRE_ON_RECORD`: every call on the wire has its row
 * - `ANSWER_IS_TRUE`: no row claims an answer that the wire did not give
 * - `SENDS_AGREE`: outcomes and calls name each other
 * - `SETTLED_NOT_SENT`: what is settled, or canceled, is not sent again
 * - `TAKEN_NOT_SENT`: what the service took is not sent again after a look at the members
 * - `INVITED_ONCE`: no account is invited twice, and each that is PROCESSED was
 * - `APART_IN_LANE`: no two calls in flight in a lane share an account
 * - `CALL_SIZE`: a call carries 1 to 50 distinct accounts
 */
export type Rule =
  | 'ACCEPTED_ONCE'
  | 'ALL_ASKED_FOR'
  | 'ALL_FINAL'
  | 'PROCESSED_IS_TRUE'
  | 'TAKEN_IS_PROCESSED'
  | 'REFUSED_IS_TRUE'
  | 'NOT_GIVEN_UP_EARLY'
  | 'COUNTS_AGREE'
  | 'WIRE_ON_RECORD'
  | 'ANSWER_IS_TRUE'
  | 'SENDS_AGREE'
  | 'SETTLED_NOT_SENT'
  | 'TAKEN_NOT_SENT'
  | 'INVITED_ONCE'
  | 'APART_IN_LANE'
  | 'CALL_SIZE';

/** A rule that does not hold, and where. */
export interface Violation {
  readonly rule: Rule;
  readonly what: string;
}
