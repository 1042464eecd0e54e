import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { ActorKind as ActorKindName } from '../../membership.js';
import { connectionOf } from '../connection.js';
import { ActorKind } from '../enums.js';
import { DateTime } from '../scalars.js';

/** An attempt that was turned away. */
@ObjectType({
  simpleResolvers: true,
  description:
    'An attempt that was turned away, or several alike within a second. The newest 10,000 are kept. For admins.',
})
export class DeniedAttempt {
  @Field(() => ID, { description: 'Opaque and stable id.' })
  readonly id!: string;

  @Field(() => String, { description: 'UNAUTHENTICATED or FORBIDDEN, as the caller was told.' })
  readonly code!: string;

  @Field(() => String, { description: 'The field that was wanted, or what was wrong with the credentials.' })
  readonly reason!: string;

  @Field(() => Int, { description: 'How many attempts this stands for.' })
  readonly attempts!: number;

  @Field(() => DateTime, { description: 'When the first of them came.' })
  readonly firstAt!: Date;

  @Field(() => DateTime, { description: 'When the last of them came.' })
  readonly lastAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'The id of the caller; null when nobody knows who it was.',
  })
  readonly callerId!: string | null;

  @Field(() => ActorKind, { nullable: true, description: 'The kind of that caller; null when nobody knows.' })
  readonly callerKind!: ActorKindName | null;

  @Field(() => String, { nullable: true, description: 'The IP address of the client, of the first attempt.' })
  readonly address!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The User-Agent header of the first, cut to 256 characters.',
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
