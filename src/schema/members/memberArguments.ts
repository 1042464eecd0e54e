import { ArgsType, Field, ID, Int } from 'type-graphql';
import type {
  MemberStatus as MemberStatusName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { SecurityService } from '../enums.js';
import { MemberStatus } from '../memberStatus.js';
import { AwsRegion } from '../scalars.js';

/** The maximum age of an answer. No type of the schema by itself. */
@ArgsType()
abstract class AgeArgument {
  @Field(() => Int, {
    nullable: true,
    description:
      'Maximum age in seconds, 0 to 86,400 (a day). 0 or null: read now, cache nothing. Otherwise the inventory ' +
      'or the cache of all replicas may answer, and new reads are cached. observedAt tells the age.',
  })
  readonly maxAgeSeconds?: number | null;
}

/** The arguments of the list of members. */
@ArgsType()
export class MembersArguments extends AgeArgument {
  @Field(() => ID, {
    nullable: true,
    description: 'The administrator; required if the caller may use several.',
  })
  readonly administrator?: string | null;

  @Field(() => SecurityService, { description: 'The service.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region, configured for the administrator.' })
  readonly region!: string;

  @Field(() => [MemberStatus], {
    nullable: true,
    description:
      'Only these statuses. The services cannot filter: a page ends after reading 500 members, perhaps short or ' +
      'empty, with hasNextPage true, and endCursor continues. An empty list or NOT_A_MEMBER matches nothing.',
  })
  readonly status?: readonly MemberStatusName[] | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 50,
    description: 'Maximum length of the page: 1 to 100. One AWS call reads 50; fewer cost the same.',
  })
  readonly first?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The endCursor of a page with the same administrator, service, region and status, and with maxAgeSeconds on ' +
      'both pages or on neither.',
  })
  readonly after?: string | null;
}

/** The arguments of the members of an account. */
@ArgsType()
export class AccountMembersArguments extends AgeArgument {
  @Field(() => ID, {
    nullable: true,
    description: 'The administrator. Null: all that the caller may use.',
  })
  readonly administrator?: string | null;

  @Field(() => [SecurityService], {
    nullable: true,
    description: 'The services. Null: all configured ones.',
  })
  readonly services?: readonly SecurityServiceName[] | null;

  @Field(() => [AwsRegion], { nullable: true, description: 'The regions. Null: all configured ones.' })
  readonly regions?: readonly string[] | null;
}
