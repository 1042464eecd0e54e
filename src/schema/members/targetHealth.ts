import { Field, Float, ObjectType } from 'type-graphql';
import type { ReasonCode as ReasonCodeName } from '../../membership.js';
import { ReasonCode } from '../reasonCode.js';
import { DateTime } from '../scalars.js';
import { ServiceRegionFields } from '../targetFields.js';

/** The health of one target of an administrator. */
@ObjectType({
  simpleResolvers: true,
  description:
    'Whether a target answers now (one ListMembers; for GuardDuty also ListDetectors if the detector is ' +
    'unknown), and how fast the gateway may call it. Neither service tells an account whether it is the ' +
    'delegated administrator.',
})
export class TargetHealth extends ServiceRegionFields {
  /** UUID of the newest call, null before the first; not in the schema. */
  readonly lastCallId!: string | null;

  @Field(() => Boolean, { description: 'True if the service just listed its members.' })
  readonly answers!: boolean;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True if the service answers; false if it says that it is not enabled for the administrator in the region, ' +
      'or has no detector; null if unknown.',
  })
  readonly enabled!: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The GuardDuty detector: configured, else from ListDetectors. Null if none, and for Security Hub.',
  })
  readonly detectorId!: string | null;

  @Field(() => ReasonCode, {
    nullable: true,
    description: 'Why it does not answer, as outcomes would say; else null.',
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, {
    nullable: true,
    description: "The same in the service's words, without ARNs; else null.",
  })
  readonly reason!: string | null;

  @Field(() => Float, {
    description: "The gateway's limit in requests per second: reads and writes of all replicas.",
  })
  readonly ratePerSecond!: number;

  @Field(() => Float, { description: 'Requests that may be sent at once after a pause.' })
  readonly burst!: number;

  @Field(() => Float, {
    description: 'Requests of the burst still free at observedAt, before this read. Near 0, calls wait.',
  })
  readonly requestsLeft!: number;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the service last throttled one of the 100 newest recorded calls. Null if it did not.',
  })
  readonly throttledAt!: Date | null;

  @Field(() => DateTime, { description: 'All fields are from this moment or shortly after.' })
  readonly observedAt!: Date;
}
