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
      'More accounts than one request may carry (MAX_ACCOUNTS_PER_REQUEST, 10,000 by default).',
    IDEMPOTENCY_KEY_REUSED:
      'The caller has used this idempotency key for the same mutation with another input. Expected: that ' +
      'input again, or a new key.',
    NOT_RETRYABLE:
      'The request has not finished, has nothing that is to be sent again, or its administrator, service or ' +
      'region is not configured any more. The message says which.',
    NOT_CANCELABLE: 'The request has finished already: nothing of it is left to withdraw.',
    NOT_FOUND:
      'What an id points to does not exist, or the caller may not see it; the two look alike on purpose.',
    FORBIDDEN:
      'The caller may not do this. Part of the vocabulary; this release answers UNKNOWN_ADMINISTRATOR for ' +
      'an administrator that is not granted to the caller.',
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
