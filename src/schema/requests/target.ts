import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { SecurityService as SecurityServiceName } from '../../membership.js';
import { SecurityService } from '../enums.js';
import { AwsRegion } from '../scalars.js';

/** Outcomes by status. */
@ObjectType({
  simpleResolvers: true,
  description:
    'Outcomes counted by status; the six statuses add up to total. One account at three targets counts ' +
    'three times.',
})
export class OutcomeCounts {
  @Field(() => Int, { description: 'All outcomes: accounts times targets.' })
  readonly total!: number;

  @Field(() => Int, { description: 'Waiting to be sent, for the first time or again.' })
  readonly pending!: number;

  @Field(() => Int, { description: 'In a call that has been sent and has no recorded answer yet.' })
  readonly inFlight!: number;

  @Field(() => Int, { description: 'Taken by the service.' })
  readonly processed!: number;

  @Field(() => Int, { description: 'Listed by the service as unprocessed, in a call that it answered.' })
  readonly unprocessed!: number;

  @Field(() => Int, {
    description: 'Carried by calls that were refused as a whole or brought no answer.',
  })
  readonly failed!: number;

  @Field(() => Int, { description: 'Withdrawn before they were sent.' })
  readonly canceled!: number;
}

/** One (administrator, service, region) of a request. */
@ObjectType({
  simpleResolvers: true,
  description:
    'One service in one region, asked as one administrator: where a request sends every one of its ' +
    'accounts. One target may fail, for instance in an opt-in region that is off, while the others go on.',
})
export class Target {
  @Field(() => ID, { description: 'Id of the administrator, as in administrators.' })
  readonly administrator!: string;

  @Field(() => SecurityService, { description: 'The service whose members are changed.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region whose members are changed.' })
  readonly region!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The GuardDuty detector that the request named or, once a call has been sent, the one it used. Null ' +
      'before that, and always for Security Hub, which has none.',
  })
  readonly detectorId!: string | null;

  @Field(() => OutcomeCounts, { description: 'The outcomes at this target by status, as they stand now.' })
  readonly counts!: Readonly<OutcomeCounts>;
}
