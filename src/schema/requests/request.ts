import { Field, ID, ObjectType } from 'type-graphql';
import type {
  ActorKind as ActorKindName,
  AlreadyMember as AlreadyMemberName,
  MembershipOperation as MembershipOperationName,
  RequestStatus as RequestStatusName,
} from '../../membership.js';
import { connectionOf } from '../connection.js';
import { ActorKind, AlreadyMember, MembershipOperation, RequestStatus } from '../enums.js';
import { Node } from '../node.js';
import { DateTime } from '../scalars.js';

/** The caller of a request. */
@ObjectType({ simpleResolvers: true, description: 'The caller of a request.' })
export class Actor {
  @Field(() => String, {
    description:
      'The id of its API token (token_...), the subject of its OpenID Connect token, or "local" without authentication.',
  })
  readonly id!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The name of its API token, which other tokens may have too. Null without one.',
  })
  readonly name!: string | null;

  @Field(() => ActorKind, { description: 'The kind of caller.' })
  readonly kind!: ActorKindName;
}

/** One mutation of a caller, as recorded. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'One operation on a list of accounts at each selected target. It is recorded before anything is sent, and ' +
    'no crash can lose it. Query it by id until its status is final.',
})
export class MembershipRequest implements Node {
  readonly __typename!: 'MembershipRequest';

  /** Its UUID in the record; not in the schema. */
  readonly requestId!: string;

  /** UUID of the request that it retries; not in the schema. */
  readonly retryOfId!: string | null;

  @Field(() => ID, { description: 'Id for request and node; begins with request_.' })
  readonly id!: string;

  @Field(() => MembershipOperation, { description: 'The operation on the accounts.' })
  readonly operation!: MembershipOperationName;

  @Field(() => RequestStatus, { description: 'The status now.' })
  readonly status!: RequestStatusName;

  @Field(() => Actor, { description: 'The caller that made it.' })
  readonly requestedBy!: Readonly<Actor>;

  @Field(() => String, {
    nullable: true,
    description: 'The note, such as a ticket number.',
  })
  readonly note!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The idempotency key, by which the same caller finds the request again.',
  })
  readonly idempotencyKey!: string | null;

  @Field(() => AlreadyMember, {
    nullable: true,
    description:
      'How an account counts that the service calls a member already. Null unless the operation is CREATE_MEMBERS.',
  })
  readonly alreadyMember!: AlreadyMemberName | null;

  @Field(() => DateTime, { description: 'When it was recorded.' })
  readonly createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When its first call was sent. Null before.' })
  readonly startedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When its last outcome became final. Null while PENDING or RUNNING.',
  })
  readonly finishedAt!: Date | null;
}

/** A page of requests. */
export const MembershipRequestConnection = connectionOf(MembershipRequest, 'requests');
export type MembershipRequestConnection = InstanceType<typeof MembershipRequestConnection>;
