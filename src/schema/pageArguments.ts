import { ArgsType, Field, Int } from 'type-graphql';
import type {
  OutcomeStatus as OutcomeStatusName,
  SecurityService as SecurityServiceName,
} from '../membership.js';
import { OutcomeStatus, SecurityService } from './enums.js';
import { AwsRegion } from './scalars.js';

const FIRST = 'How many entries the page has at most: 1 to 100; 50 when absent or null. Else BAD_USER_INPUT.';
const AFTER = 'A cursor of the same list: the page begins behind it. Absent or null for the beginning.';

/** The page arguments of the lists at the root. */
@ArgsType()
export class RootPageArguments {
  @Field(() => Int, { nullable: true, description: `${FIRST} Not together with last or before.` })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: AFTER })
  readonly after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Pages backward: how many entries the page has at most, 1 to 100, the last ones before the cursor ' +
      '`before`, or of the whole list. The newest comes first all the same.',
  })
  readonly last?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'A cursor of the same list: the page ends before it. Absent or null, with last, for the end. Not ' +
      'together with first or after.',
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
    description: 'Only outcomes with one of these statuses; an empty list matches nothing.',
  })
  readonly status?: readonly OutcomeStatusName[] | null;

  @Field(() => SecurityService, { nullable: true, description: 'Only outcomes at this service.' })
  readonly service?: SecurityServiceName | null;

  @Field(() => AwsRegion, { nullable: true, description: 'Only outcomes in this region.' })
  readonly region?: string | null;
}
