import { ArgsType, Field, Int } from 'type-graphql';
import type {
  OutcomeStatus as OutcomeStatusName,
  SecurityService as SecurityServiceName,
} from '../membership.js';
import { OutcomeStatus, SecurityService } from './enums.js';
import { AwsRegion } from './scalars.js';

const FIRST = 'Maximum length of the page: 1 to 100; null means 50.';
const AFTER = 'The page begins after this cursor of the list.';

/** The page arguments of the lists at the root. */
@ArgsType()
export class RootPageArguments {
  @Field(() => Int, { nullable: true, description: FIRST })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: AFTER })
  readonly after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Reads backward: the last 1 to 100 entries before `before`, or of the list, newest first. Neither ' +
      'last nor before goes with first or after.',
  })
  readonly last?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The page ends before this cursor of the list.',
  })
  readonly before?: string | null;
}

/** The page arguments of the lists inside a record. */
@ArgsType()
export class PageArguments {
  @Field(() => Int, { nullable: true, defaultValue: 50, description: FIRST })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: AFTER })
  readonly after?: string | null;
}

/** The arguments of the outcomes of a request. */
@ArgsType()
export class RequestOutcomesArguments extends PageArguments {
  @Field(() => [OutcomeStatus], {
    nullable: true,
    description: 'Only these statuses. An empty list matches nothing.',
  })
  readonly status?: readonly OutcomeStatusName[] | null;

  @Field(() => SecurityService, { nullable: true, description: 'Only this service.' })
  readonly service?: SecurityServiceName | null;

  @Field(() => AwsRegion, { nullable: true, description: 'Only this region.' })
  readonly region?: string | null;
}
