import { Field, InputType } from 'type-graphql';
import { AwsAccountId, EmailAddress } from './scalars.js';

/** An account to create as a member. */
@InputType({ description: 'An account to create as a member.' })
export class MemberAccountInput {
  @Field(() => AwsAccountId, {
    description: 'The account: a string of 12 digits, as leading zeros matter.',
  })
  readonly accountId!: string;

  @Field(() => EmailAddress, {
    nullable: true,
    description:
      'The e-mail address of the account. GuardDuty requires one (else EMAIL_REQUIRED), Security Hub does not.',
  })
  readonly email?: string | null;
}
