import { Field, Int, ObjectType } from 'type-graphql';
import { TargetFields } from '../targetFields.js';

/** Outcomes by status. */
@ObjectType({
  simpleResolvers: true,
  description:
    'Outcomes by status; the six statuses add up to total. One account at three targets counts three times.',
})
export class OutcomeCounts {
  @Field(() => Int, { description: 'All outcomes: accounts times targets.' })
  readonly total!: number;

  @Field(() => Int, { description: 'PENDING: waiting to be sent, or sent again.' })
  readonly pending!: number;

  @Field(() => Int, { description: 'IN_FLIGHT: sent, without a recorded answer yet.' })
  readonly inFlight!: number;

  @Field(() => Int, { description: 'PROCESSED: accepted by the service.' })
  readonly processed!: number;

  @Field(() => Int, { description: 'UNPROCESSED: listed as unprocessed in the answer to a call.' })
  readonly unprocessed!: number;

  @Field(() => Int, { description: 'FAILED: in a call that was refused as a whole or not answered.' })
  readonly failed!: number;

  @Field(() => Int, { description: 'CANCELED: withdrawn before they were sent.' })
  readonly canceled!: number;
}

/** One target of a request. */
@ObjectType({
  simpleResolvers: true,
  description:
    'One service in one region at one administrator: a request sends all its accounts there. One target may ' +
    'fail, such as an opt-in region that is off, while others continue.',
})
export class Target extends TargetFields {
  @Field(() => String, {
    nullable: true,
    description:
      'The GuardDuty detector: from the input or, once a call was sent, the one used. Null before, and for ' +
      'Security Hub.',
  })
  readonly detectorId!: string | null;

  @Field(() => OutcomeCounts, { description: 'The outcomes at this target by status.' })
  readonly counts!: Readonly<OutcomeCounts>;
}
