import { Field, ID, ObjectType } from 'type-graphql';
import type {
  ActorKind as ActorKindName,
  MembershipOperation as MembershipOperationName,
  RequestStatus as RequestStatusName,
} from '../../membership.js';
import { connectionOf } from '../connection.js';
import { ActorKind, MembershipOperation, RequestStatus } from '../enums.js';
import { Node } from '../node.js';
import { DateTime } from '../scalars.js';

/** Who made a request. */
@ObjectType({ simpleResolvers: true, description: 'Who made a request.' })
export class Actor {
  @Field(() => String, {
    description:
      'The name the caller is known by: the subject of its token; "local" while authentication is off.',
  })
  readonly id!: string;

  @Field(() => ActorKind, { description: 'Whether that is a person, a program, or anybody on this machine.' })
  readonly kind!: ActorKindName;
}

/** What a caller asked, once. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'What a caller asked, once: one operation on a list of accounts, at every target named. It is ' +
    'recorded before anything is sent, and no crash can lose it; ask for it again by id until its status ' +
    'is final.',
})
export class MembershipRequest implements Node {
  readonly __typename!: 'MembershipRequest';

  /** Its UUID in the record; not in the schema. */
  readonly requestId!: string;

  /** UUID of the request that it retries; not in the schema. */
  readonly retryOfId!: string | null;

  @Field(() => ID, { description: 'Opaque and stable id, for request and node; begins with request_.' })
  readonly id!: string;

  @Field(() => MembershipOperation, { description: 'What is done to the accounts.' })
  readonly operation!: MembershipOperationName;

  @Field(() => RequestStatus, { description: 'How it stands now.' })
  readonly status!: RequestStatusName;

  @Field(() => Actor, { description: 'Who asked.' })
  readonly requestedBy!: Readonly<Actor>;

  @Field(() => String, {
    nullable: true,
    description: 'The note given with it, a ticket number say; null without one.',
  })
  readonly note!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The idempotency key it was made with, by which the same caller finds it again; null without one.',
  })
  readonly idempotencyKey!: string | null;

  @Field(() => DateTime, { description: 'When it was recorded.' })
  readonly createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When its first call was sent; null before that.' })
  readonly startedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When its last outcome reached a final status; null while it is PENDING or RUNNING.',
  })
  readonly finishedAt!: Date | null;
}

/** A page of requests. */
export const MembershipRequestConnection = connectionOf(MembershipRequest, 'requests');
export type MembershipRequestConnection = InstanceType<typeof MembershipRequestConnection>;
