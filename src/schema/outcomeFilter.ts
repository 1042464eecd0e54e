import { Field, ID, InputType } from 'type-graphql';
import type {
  OutcomeStatus as OutcomeStatusName,
  SecurityService as SecurityServiceName,
} from '../membership.js';
import { OutcomeStatus, SecurityService } from './enums.js';
import { AwsAccountId, AwsRegion } from './scalars.js';

/** Which outcomes a list holds. */
@InputType({
  description:
    'Which outcomes to list: those that meet every condition given. Absent and null conditions do not ' +
    'narrow; an empty list matches nothing.',
})
export class OutcomeFilter {
  @Field(() => ID, {
    nullable: true,
    description:
      'Only outcomes of the MembershipRequest with this id. The id of anything else is BAD_USER_INPUT; ' +
      'that of a request nobody made, or that the caller may not see, matches nothing.',
  })
  readonly requestId?: string | null;

  @Field(() => [AwsAccountId], {
    nullable: true,
    description:
      'Only outcomes of these accounts, over all requests: the history of an account. At most 100, 12 digits each.',
  })
  readonly accountId?: readonly string[] | null;

  @Field(() => [OutcomeStatus], {
    nullable: true,
    description: 'Only outcomes with one of these statuses.',
  })
  readonly status?: readonly OutcomeStatusName[] | null;

  @Field(() => SecurityService, { nullable: true, description: 'Only outcomes at this service.' })
  readonly service?: SecurityServiceName | null;

  @Field(() => AwsRegion, { nullable: true, description: 'Only outcomes in this region.' })
  readonly region?: string | null;
}
