import { Field, InputType, Int } from 'type-graphql';

/** What every mutation that makes a request may say about its record. No type of the schema by itself. */
@InputType()
export abstract class RecordOptions {
  @Field(() => String, {
    nullable: true,
    description:
      'Free text kept with the record, a ticket number say; up to 1,000 characters. AWS never sees it.',
  })
  readonly note?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'A name of your choice, 1 to 255 characters, that makes the mutation safe to repeat: the same ' +
      'caller, mutation, key and input get the request made the first time, and nothing is sent twice. ' +
      'The same key with another input (waitSeconds aside) is IDEMPOTENCY_KEY_REUSED; a retry counts as the ' +
      'operation it repeats. The Idempotency-Key header stands in when this is absent. The gateway keeps a key for at least a day (a week unless its operator chose otherwise); afterwards it may be used anew.',
  })
  readonly idempotencyKey?: string | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 20,
    description:
      'Seconds to wait for the request to finish before answering, 0 to 60; null means 20 as well. With 0 ' +
      'the answer comes as soon as the request is recorded. When time is up the work goes on: ask for the ' +
      'request by its id.',
  })
  readonly waitSeconds?: number | null;
}
