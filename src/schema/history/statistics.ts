import { Field, ID, Int, ObjectType } from 'type-graphql';
import type {
  MembershipOperation as MembershipOperationName,
  OutcomeStatus as OutcomeStatusName,
  ReasonCode as ReasonCodeName,
  SecurityService as SecurityServiceName,
  StatisticsDimension as StatisticsDimensionName,
} from '../../membership.js';
import { describedEnum, MembershipOperation, OutcomeStatus, SecurityService } from '../enums.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsRegion, DateTime } from '../scalars.js';

/** The dimensions that group statistics. */
export const StatisticsDimension = describedEnum<StatisticsDimensionName>(
  'StatisticsDimension',
  'A dimension to group statistics by.',
  {
    OPERATION: 'The operation.',
    SERVICE: 'The service.',
    REGION: 'The region.',
    ADMINISTRATOR: 'The administrator.',
    STATUS: 'The status of the outcome.',
    REASON_CODE: 'Why the account was not processed.',
    REQUESTED_BY: 'The id of the caller that made the request.',
    HOUR: 'The hour (UTC) in which the status became final.',
    DAY: 'The day (UTC) on which the status became final.',
    MONTH: 'The calendar month (UTC) in which the status became final.',
  },
);

const NULL = 'Null if not grouped by it';

/** The outcomes of one group. */
@ObjectType({ simpleResolvers: true, description: 'The outcomes of one group.' })
export class StatisticsRow {
  @Field(() => MembershipOperation, { nullable: true, description: `The operation. ${NULL}.` })
  readonly operation!: MembershipOperationName | null;

  @Field(() => SecurityService, { nullable: true, description: `The service. ${NULL}.` })
  readonly service!: SecurityServiceName | null;

  @Field(() => AwsRegion, { nullable: true, description: `The region. ${NULL}.` })
  readonly region!: string | null;

  @Field(() => ID, { nullable: true, description: `Id of the administrator. ${NULL}.` })
  readonly administrator!: string | null;

  @Field(() => OutcomeStatus, { nullable: true, description: `The status. ${NULL}.` })
  readonly status!: OutcomeStatusName | null;

  @Field(() => ReasonCode, {
    nullable: true,
    description: `Why the accounts were not processed. ${NULL}, or without a reason.`,
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, { nullable: true, description: `Id of the caller. ${NULL}.` })
  readonly requestedBy!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: `Start of the hour, day or month in UTC in which the status became final. ${NULL}, or not final.`,
  })
  readonly from!: Date | null;

  @Field(() => Int, { description: 'Number of outcomes, as many as outcomes lists for the filter.' })
  readonly outcomes!: number;

  @Field(() => Int, {
    description:
      'Number of different accounts. This field reads the outcomes: more than 2,000,000 are BAD_USER_INPUT.',
  })
  readonly accounts!: () => Promise<number>;
}
