/** Why a mutation took nothing, for the caller to mend. */
export type UserErrorCode =
  | 'INVALID_INPUT'
  | 'DUPLICATE_ACCOUNT'
  | 'EMAIL_REQUIRED'
  | 'UNKNOWN_ADMINISTRATOR'
  | 'UNKNOWN_REGION'
  | 'TOO_MANY_ACCOUNTS'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'CONFIRMATION_REQUIRED'
  | 'CONFIRMATION_INVALID'
  | 'REMOVAL_LIMIT_EXCEEDED'
  | 'PREVIEW_INCOMPLETE'
  | 'NOT_RETRYABLE'
  | 'NOT_CANCELABLE'
  | 'NOT_FOUND'
  | 'FORBIDDEN';

/** One fault of a mutation's input. */
export interface UserError {
  /** Path from the mutation's arguments, e.g. `["input", "accounts", "3", "email"]`; null when no one field is at fault. */
  readonly field: readonly string[] | null;
  /** Names the account where there is one, what was expected and what came. */
  readonly message: string;
  readonly code: UserErrorCode;
}
