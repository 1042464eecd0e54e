import { Field, ID, Int, ObjectType } from 'type-graphql';
import type {
  MembershipOperation as MembershipOperationName,
  OutcomeStatus as OutcomeStatusName,
  ReasonCode as ReasonCodeName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { describedEnum, MembershipOperation, OutcomeStatus, SecurityService } from '../enums.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsRegion, DateTime } from '../scalars.js';

/** What statistics are grouped by. */
export const StatisticsDimension = describedEnum('StatisticsDimension', 'What statistics are grouped by.', {
  OPERATION: 'By what was done to the accounts.',
  SERVICE: 'By the service that was asked.',
  REGION: 'By region.',
  ADMINISTRATOR: 'By administrator.',
  STATUS: 'By how the outcomes stand.',
  REASON_CODE: 'By why they were not processed.',
  REQUESTED_BY: 'By the id of the caller who made the request.',
  HOUR: 'By the hour, in UTC, in which they reached their final status.',
  DAY: 'By the day, in UTC, on which they reached their final status.',
  MONTH: 'By the calendar month, in UTC, in which they reached their final status.',
});

const ONLY = 'Null when not grouped by it';

/** The outcomes of one group. */
@ObjectType({
  simpleResolvers: true,
  description: 'How many outcomes there are that have in common what was grouped by.',
})
export class StatisticsRow {
  @Field(() => MembershipOperation, { nullable: true, description: `Their operation. ${ONLY}.` })
  readonly operation!: MembershipOperationName | null;

  @Field(() => SecurityService, { nullable: true, description: `Their service. ${ONLY}.` })
  readonly service!: SecurityServiceName | null;

  @Field(() => AwsRegion, { nullable: true, description: `Their region. ${ONLY}.` })
  readonly region!: string | null;

  @Field(() => ID, { nullable: true, description: `Id of their administrator. ${ONLY}.` })
  readonly administrator!: string | null;

  @Field(() => OutcomeStatus, { nullable: true, description: `Their status. ${ONLY}.` })
  readonly status!: OutcomeStatusName | null;

  @Field(() => ReasonCode, {
    nullable: true,
    description: `Why they were not processed. ${ONLY}, and for those without a reason.`,
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, {
    nullable: true,
    description: `Id of the caller who made their requests. ${ONLY}.`,
  })
  readonly requestedBy!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Beginning of the hour, day or month, in UTC, in which they reached their final status. ' +
      `${ONLY}, and for those that have not reached one.`,
  })
  readonly from!: Date | null;

  @Field(() => Int, {
    description: 'How many outcomes: exactly as many as outcomes lists for the same filter.',
  })
  readonly outcomes!: number;

  @Field(() => Int, {
    description:
      'How many distinct accounts they are of. Counted only when asked for, by reading the outcomes: more ' +
      'than 2,000,000 of them are BAD_USER_INPUT.',
  })
  readonly accounts!: () => Promise<number>;
}
