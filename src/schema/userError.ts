import { Field, ObjectType } from 'type-graphql';
import { describedEnum } from './enums.js';

/** Why a mutation took nothing. */
export const UserErrorCode = describedEnum(
  'UserErrorCode',
  'Why a mutation recorded nothing: a stable code that scripts may branch on.',
  {
    INVALID_INPUT:
      'A value breaks a rule: an account id that is not 12 digits, an e-mail address GuardDuty would ' +
      'refuse, an empty list, a number out of range, a text that is too long. The message says what was ' +
      'expected and what came.',
    DUPLICATE_ACCOUNT:
      'The same account is listed twice with different e-mail addresses. The field names the later one.',
    EMAIL_REQUIRED:
      'GuardDuty CreateMembers wants an e-mail address for every account, and this one has none.',
    UNKNOWN_ADMINISTRATOR:
      'No administrator of that name is configured that the caller may use, or there are several and none ' +
      'was named.',
    UNKNOWN_REGION: 'The administrator is not configured for that region; see administrators.',
    TOO_MANY_ACCOUNTS:
      'More accounts than one request may carry (MAX_ACCOUNTS_PER_REQUEST, 10,000 by default; 1,000 for a dryRun and ' +
      'for a removal).',
    IDEMPOTENCY_KEY_REUSED:
      'The caller has used this idempotency key for the same mutation with another input. Expected: that ' +
      'input again, or a new key.',
    CONFIRMATION_REQUIRED:
      'A removal wants the confirm token of a preview: ask for the same with dryRun: true first.',
    CONFIRMATION_INVALID:
      'The confirm token was not given to this caller for this operation, these accounts and these targets, is older ' +
      'than 15 minutes, or was used. The message says which; preview again.',
    REMOVAL_LIMIT_EXCEEDED:
      'The accounts are a larger share of the members of a target than one request may remove (REMOVAL_SHARE_PERCENT, ' +
      '10 by default). The message has both numbers. Name fewer accounts or fewer targets.',
    PREVIEW_INCOMPLETE:
      'A target could not be read, or its members could not be counted in time, so the preview gives no token. Mend ' +
      'that, leave the target out, or name fewer accounts.',
    NOT_RETRYABLE:
      'The request has not finished, has nothing that is to be sent again, or its administrator, service or ' +
      'region is not configured any more. The message says which.',
    NOT_CANCELABLE: 'The request has finished already: nothing of it is left to withdraw.',
    NOT_FOUND:
      'What an id points to does not exist, or the caller may not see it; the two look alike on purpose.',
    FORBIDDEN:
      'The caller may not do this: a retry of a removal is for admins. An administrator that is not granted to the ' +
      'caller is UNKNOWN_ADMINISTRATOR instead.',
  },
);

/** One fault of a mutation's input. */
@ObjectType({
  simpleResolvers: true,
  description:
    'One fault of the input of a mutation. While there is any, nothing was recorded and nothing was sent.',
})
export class UserError {
  @Field(() => [String], {
    nullable: true,
    description:
      'Path to the value at fault, from the arguments of the mutation, for instance ["input", "accounts", ' +
      '"3", "email"] for the fourth account; null when no single value is at fault.',
  })
  readonly field!: readonly string[] | null;

  @Field(() => String, {
    description: 'For people: names the account where there is one, what was expected and what came.',
  })
  readonly message!: string;

  @Field(() => UserErrorCode, { description: 'For programs: which kind of fault it is.' })
  readonly code!: keyof typeof UserErrorCode;
}
