import { ArgsType, Field, ID, Int } from 'type-graphql';
import type {
  MemberStatus as MemberStatusName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { SecurityService } from '../enums.js';
import { MemberStatus } from '../memberStatus.js';
import { AwsRegion } from '../scalars.js';

/** How old an answer may be. No type of the schema by itself. */
@ArgsType()
abstract class AgeArgument {
  @Field(() => Int, {
    nullable: true,
    description:
      'How old the answer may be, in seconds: 0 to 86,400, a day; else BAD_USER_INPUT. 0, absent or null: read now, and kept ' +
      'nowhere. Otherwise what any replica has observed since then is taken, in the inventory or for somebody who asked like ' +
      'this, and what has to be read is kept for the next. observedAt says how old each answer is.',
  })
  readonly maxAgeSeconds?: number | null;
}

/** The arguments of the list of members. */
@ArgsType()
export class MembersArguments extends AgeArgument {
  @Field(() => ID, {
    nullable: true,
    description: 'The administrator to ask as; needed only when the caller may use several.',
  })
  readonly administrator?: string | null;

  @Field(() => SecurityService, { description: 'The service to ask.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region to ask: one that is configured for the administrator.' })
  readonly region!: string;

  @Field(() => [MemberStatus], {
    nullable: true,
    description:
      'Only members with one of these statuses. The services cannot filter, so the gateway reads on until the page is ' +
      'full, 500 members at most: then the page may be short or empty with hasNextPage true, and endCursor goes on. ' +
      'An empty list matches nothing; NOT_A_MEMBER never does.',
  })
  readonly status?: readonly MemberStatusName[] | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 50,
    description:
      'How many members the page has at most: 1 to 100, else BAD_USER_INPUT. The services answer 50 at a time, so 50 ' +
      'is one call and fewer cost as much.',
  })
  readonly first?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The endCursor of an earlier page of the same administrator, service, region and status; absent or null for the ' +
      'beginning. A list with maxAgeSeconds goes on with maxAgeSeconds.',
  })
  readonly after?: string | null;
}

/** The arguments of the members of an account. */
@ArgsType()
export class AccountMembersArguments extends AgeArgument {
  @Field(() => ID, {
    nullable: true,
    description: 'The administrator to ask as; every one that the caller may use when absent or null.',
  })
  readonly administrator?: string | null;

  @Field(() => [SecurityService], {
    nullable: true,
    description: 'The services to ask; every configured one when absent or null.',
  })
  readonly services?: readonly SecurityServiceName[] | null;

  @Field(() => [AwsRegion], {
    nullable: true,
    description: 'The regions to ask; every configured one when absent or null.',
  })
  readonly regions?: readonly string[] | null;
}
