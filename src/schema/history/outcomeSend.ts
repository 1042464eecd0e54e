import { Field, ObjectType } from 'type-graphql';

/** One call with an account, and the answer about that account. */
@ObjectType({
  simpleResolvers: true,
  description: 'One call with an account, and the answer about that account.',
})
export class OutcomeSend {
  /** UUID of the call; not in the schema. */
  readonly callId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The service's words about this account, verbatim. Null if the answer did not list it as unprocessed. See " +
      'errorMessage of the call if the whole call was refused or not answered.',
  })
  readonly reason!: string | null;
}
