import { Field, Float, ObjectType } from 'type-graphql';
import type {
  ReasonCode as ReasonCodeName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { SecurityService } from '../enums.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsRegion, DateTime } from '../scalars.js';

/** How one target of an administrator does. */
@ObjectType({
  simpleResolvers: true,
  description:
    'How one service in one region does, asked as one administrator: whether it answers now (one ListMembers, and for ' +
    'GuardDuty ListDetectors when its detector is not known), and how fast the gateway may call it. Whether the ' +
    'account is the delegated administrator, neither service tells its own administrator.',
})
export class TargetHealth {
  /** UUID of the newest call, null before the first; not in the schema. */
  readonly lastCallId!: string | null;

  @Field(() => SecurityService, { description: 'The service that was asked.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region that was asked.' })
  readonly region!: string;

  @Field(() => Boolean, { description: 'True when the service showed its members just now.' })
  readonly answers!: boolean;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the service is enabled for the administrator in the region: true when it answers, false when it says ' +
      'that it is not (or has no detector), null when nothing can be told.',
  })
  readonly enabled!: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The GuardDuty detector in use: configured, else found with ListDetectors. Null when there is none to be had, ' +
      'and always for Security Hub.',
  })
  readonly detectorId!: string | null;

  @Field(() => ReasonCode, {
    nullable: true,
    description:
      'Why it does not answer, as the code that outcomes of a call would end with; null when it does.',
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, {
    nullable: true,
    description: "The service's own words for why it does not answer, without ARNs; null when it does.",
  })
  readonly reason!: string | null;

  @Field(() => Float, {
    description:
      'Requests per second that the gateway allows itself here, reads and writes of all replicas together.',
  })
  readonly ratePerSecond!: number;

  @Field(() => Float, { description: 'Requests that may leave at once after a rest.' })
  readonly burst!: number;

  @Field(() => Float, {
    description:
      'Requests of the burst that are left, as of observedAt and before the question itself: near 0 means that calls ' +
      'wait for the rate.',
  })
  readonly requestsLeft!: number;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the service last throttled one of the 100 newest recorded calls; null when it did not.',
  })
  readonly throttledAt!: Date | null;

  @Field(() => DateTime, { description: 'How old this is: everything is as of then, or a moment later.' })
  readonly observedAt!: Date;
}
