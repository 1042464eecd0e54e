import { Field, InputType } from 'type-graphql';
import { AwsAccountId, EmailAddress } from './scalars.js';

/** An account to be created as a member. */
@InputType({ description: 'An account to be created as a member.' })
export class MemberAccountInput {
  @Field(() => AwsAccountId, {
    description: 'The id of the account: exactly 12 digits, in quotes because leading zeros matter.',
  })
  readonly accountId!: string;

  @Field(() => EmailAddress, {
    nullable: true,
    description:
      "The e-mail address of the account. GuardDuty's CreateMembers requires one for every account: " +
      'without it, a request that includes GUARDDUTY gets the userError EMAIL_REQUIRED. Security Hub ' +
      'takes accounts without one as well.',
  })
  readonly email?: string | null;
}
