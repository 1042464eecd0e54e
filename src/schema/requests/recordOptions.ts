import { Field, InputType, Int } from 'type-graphql';

/** The options of every mutation that makes a request. No type of the schema by itself. */
@InputType()
export abstract class RecordOptions {
  @Field(() => String, {
    nullable: true,
    description: 'Text for the record, such as a ticket number, up to 1,000 characters. Not sent to AWS.',
  })
  readonly note?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Makes the mutation safe to repeat: the same caller, mutation, key and input find the first request. 1 to ' +
      '255 characters, kept for a day at least (by default a week). Default: the Idempotency-Key header.',
  })
  readonly idempotencyKey?: string | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 20,
    description: 'Seconds to wait for the request to finish, 0 to 60; it goes on afterwards. Null means 20.',
  })
  readonly waitSeconds?: number | null;
}
