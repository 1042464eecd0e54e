import { Field, InputType } from 'type-graphql';
import { RequestInput } from './requestInputs.js';
import { AwsAccountId } from '../scalars.js';

/** What both removals take. No type of the schema by itself. */
@InputType()
abstract class RemovalInput extends RequestInput {
  @Field(() => [AwsAccountId], {
    description:
      'The accounts: 1 to 1,000 (fewer where MAX_ACCOUNTS_PER_REQUEST is less), 12 digits each, in quotes. More than a ' +
      'preview can show cannot be removed at once: make several requests. A duplicate is taken once.',
  })
  readonly accountIds!: readonly string[];

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'True: remove nothing, and answer with a plan of what would go, and the confirm token for it. note, ' +
      'idempotencyKey and waitSeconds are checked and then ignored, confirm is ignored.',
  })
  declare readonly dryRun?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The token in plan.confirm of a preview of the same input: the same caller, mutation, administrator, accounts, services, ' +
      'regions and detectorId. Good for 15 minutes and for one request; a repetition with the same idempotencyKey ' +
      'finds that request. Without it a removal is CONFIRMATION_REQUIRED.',
  })
  readonly confirm?: string | null;
}

/** Whom to disassociate. */
@InputType({ description: 'The accounts to disassociate, and where.' })
export class DisassociateMembersInput extends RemovalInput {}

/** Whose entries to delete. */
@InputType({ description: 'The accounts whose entries are to be deleted, and where.' })
export class DeleteMembersInput extends RemovalInput {}
