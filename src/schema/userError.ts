import { Field, ObjectType } from 'type-graphql';
import type { FaultCode } from '../membership.js';
import { describedEnum } from './enums.js';

/** Why a mutation recorded nothing. */
const UserErrorCode = describedEnum<FaultCode>(
  'UserErrorCode',
  'Why a mutation recorded nothing: a stable code for scripts to branch on.',
  {
    INVALID_INPUT:
      'A value breaks a rule: an account id without 12 digits, an e-mail address that GuardDuty refuses, an empty ' +
      'list, a number out of range, a text that is too long. The message says what was expected and what came.',
    DUPLICATE_ACCOUNT: 'One account has different e-mail addresses. field names the later one.',
    EMAIL_REQUIRED: 'GuardDuty requires an e-mail address for every account; this one has none.',
    UNKNOWN_ADMINISTRATOR:
      'The caller may use no administrator with this id, or has several and the input names none.',
    UNKNOWN_REGION: 'The region is not configured for the administrator: see administrators.',
    TOO_MANY_ACCOUNTS:
      'More than MAX_ACCOUNTS_PER_REQUEST (10,000 by default), or 1,000 for a dryRun or a removal.',
    IDEMPOTENCY_KEY_REUSED:
      'The caller has used the key for the same mutation with another input (waitSeconds aside; a retry counts as ' +
      'the operation it repeats). Repeat that input, or use a new key.',
    CONFIRMATION_REQUIRED: 'A removal requires the confirm token of a preview: send dryRun: true first.',
    CONFIRMATION_INVALID:
      'The confirm token is of another caller, mutation, administrator, account, service, region or detectorId, ' +
      'is older than 15 minutes, or was used. The message says which. Preview again.',
    REMOVAL_LIMIT_EXCEEDED:
      'The accounts are a larger share of the members of a target than may be removed within a day ' +
      '(REMOVAL_SHARE_PERCENT, 10 by default). The message has both numbers. Name fewer accounts or targets.',
    PREVIEW_INCOMPLETE:
      'A target could not be read, or its members not counted in time, so there is no token. Correct the cause, ' +
      'omit the target or name fewer accounts.',
    NOT_RETRYABLE:
      'The request has not finished, has nothing to send again, or its administrator, service or region is no ' +
      'longer configured. The message says which.',
    NOT_CANCELABLE:
      'The request has finished, or all its open accounts are in flight: they end with their answers.',
    NOT_IN_DOUBT: 'The call is settled, or its members were not read back yet: see doubts.',
    NOT_FOUND: 'The id does not exist, or the caller may not see it; both look alike on purpose.',
    FORBIDDEN:
      'The caller may not do this: retrying a removal is for admins. An administrator not granted to the caller ' +
      'is UNKNOWN_ADMINISTRATOR.',
  },
);

/** One fault of a mutation's input. */
@ObjectType({
  simpleResolvers: true,
  description: 'One fault of the input. With any, nothing was recorded and nothing sent.',
})
export class UserError {
  @Field(() => [String], {
    nullable: true,
    description:
      'Path to the value in the arguments, such as ["input", "accounts", "3", "email"] for the fourth account. ' +
      'Null if no single value is at fault.',
  })
  readonly field!: readonly string[] | null;

  @Field(() => String, {
    description: 'For people: the account, if there is one, what was expected and what came.',
  })
  readonly message!: string;

  @Field(() => UserErrorCode, { description: 'For programs: the kind of fault.' })
  readonly code!: FaultCode;
}

/** The answer of a mutation. No type of the schema by itself. */
@ObjectType({ simpleResolvers: true })
export abstract class MutationPayload {
  @Field(() => [UserError], {
    description: 'Faults of the input, all at once.',
  })
  readonly userErrors!: readonly Readonly<UserError>[];
}
