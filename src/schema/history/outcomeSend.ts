import { Field, ObjectType } from 'type-graphql';

/** One time that an account was sent. */
@ObjectType({
  simpleResolvers: true,
  description:
    'One time that an account was sent for a request: the call that carried it, and what was said of it.',
})
export class OutcomeSend {
  /** UUID of the call; not in the schema. */
  readonly callId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'What the service said of this account in the answer to this call, verbatim: null when the answer did not ' +
      'list it as unprocessed. When the call as a whole was refused or not answered, its errorMessage tells why.',
  })
  readonly reason!: string | null;
}
