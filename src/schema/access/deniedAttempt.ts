import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { ActorKind as ActorKindName } from '../../membership.js';
import { connectionOf } from '../connection.js';
import { ActorKind } from '../enums.js';
import { DateTime } from '../scalars.js';

/** An attempt that was denied. */
@ObjectType({
  simpleResolvers: true,
  description:
    'A denied attempt, or several equal ones within a second. The newest 10,000 are kept. For admins.',
})
export class DeniedAttempt {
  @Field(() => ID, { description: 'Opaque and stable id.' })
  readonly id!: string;

  @Field(() => String, { description: 'The answer: UNAUTHENTICATED or FORBIDDEN.' })
  readonly code!: string;

  @Field(() => String, { description: 'The denied field, or the fault of the credentials.' })
  readonly reason!: string;

  @Field(() => Int, { description: 'Number of attempts.' })
  readonly attempts!: number;

  @Field(() => DateTime, { description: 'When the first one came.' })
  readonly firstAt!: Date;

  @Field(() => DateTime, { description: 'When the last one came.' })
  readonly lastAt!: Date;

  @Field(() => String, { nullable: true, description: 'The id of the caller. Null if unknown.' })
  readonly callerId!: string | null;

  @Field(() => ActorKind, { nullable: true, description: 'The kind of caller. Null if unknown.' })
  readonly callerKind!: ActorKindName | null;

  @Field(() => String, { nullable: true, description: "The client's IP address at the first attempt." })
  readonly address!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The User-Agent header of the first attempt, cut to 256 characters.',
  })
  readonly userAgent!: string | null;

  @Field(() => String, { nullable: true, description: 'The X-Request-Id of the first attempt.' })
  readonly requestId!: string | null;

  @Field(() => String, { nullable: true, description: 'The traceparent header of the first attempt.' })
  readonly traceparent!: string | null;
}

/** A page of denied attempts. */
export const DeniedAttemptConnection = connectionOf(DeniedAttempt, 'denied attempts');
export type DeniedAttemptConnection = InstanceType<typeof DeniedAttemptConnection>;
