import { Field, InputType } from 'type-graphql';
import { RequestInput } from './requestInputs.js';
import { AwsAccountId } from '../scalars.js';

/** The fields of both removals. No type of the schema by itself. */
@InputType()
abstract class RemovalInput extends RequestInput {
  @Field(() => [AwsAccountId], {
    description:
      'The accounts: 1 to 1,000, or to MAX_ACCOUNTS_PER_REQUEST if less: as many as a preview can show. A ' +
      'duplicate counts once.',
  })
  readonly accountIds!: readonly string[];

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'True: remove nothing; answer with a plan and its confirm token. note, idempotencyKey and waitSeconds are ' +
      'only checked; confirm is ignored.',
  })
  declare readonly dryRun?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The plan.confirm of a preview of this input by this caller. Valid for 15 minutes and one request, which ' +
      'the same idempotencyKey finds again. Without it: CONFIRMATION_REQUIRED.',
  })
  readonly confirm?: string | null;
}

/** The accounts to disassociate. */
@InputType({ description: 'The accounts to disassociate, and where.' })
export class DisassociateMembersInput extends RemovalInput {}

/** The accounts whose entries to delete. */
@InputType({ description: 'The accounts whose entries to delete, and where.' })
export class DeleteMembersInput extends RemovalInput {}
