import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type {
  ReasonCode as ReasonCodeName,
  SecurityService as SecurityServiceName,
} from '../../membership.js';
import { describedEnum, SecurityService } from '../enums.js';
import { ReasonCode } from '../reasonCode.js';
import { AwsRegion, DateTime } from '../scalars.js';
import { UserError } from '../userError.js';

type InventoryRefreshStatusName = 'WAITING' | 'RUNNING' | 'OBSERVED' | 'FAILED';

/** How far an observation has got that a refresh asked for. */
const InventoryRefreshStatus = describedEnum<InventoryRefreshStatusName>(
  'InventoryRefreshStatus',
  'How far the observation of a target has got that refreshInventory asked for. WAITING and RUNNING go on by themselves.',
  {
    WAITING:
      'It has not begun: one that began before it was asked for is still under way, or others have the turn.',
    RUNNING: 'The members are being listed, 50 a call at half of the rate of the target at most.',
    OBSERVED: 'All members were listed, and are what the inventory shows.',
    FAILED:
      'The list broke off, or could not be had: reasonCode says why, and the inventory shows what was observed before.',
  },
);

/** Where to observe. */
@InputType({ description: 'Which targets to observe anew.' })
export class RefreshInventoryInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The id of the administrator; default: the only one that the caller may use.',
  })
  readonly administrator?: string | null;

  @Field(() => [SecurityService], {
    nullable: true,
    description: 'The services to ask. Default: every service configured for the administrator.',
  })
  readonly services?: readonly SecurityServiceName[] | null;

  @Field(() => [AwsRegion], {
    nullable: true,
    description: 'The regions to ask. Default: every region configured for the administrator.',
  })
  readonly regions?: readonly string[] | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 20,
    description:
      'How long to wait for the observations to end, in seconds: 0 to 60. 10,000 members take 80 seconds at the default ' +
      'rate of GuardDuty. They go on afterwards; ask again with refreshInventory, coverage or inventory.',
  })
  readonly waitSeconds?: number | null;
}

/** One target of a refresh. */
@ObjectType({ simpleResolvers: true, description: 'How the observation of one target stands.' })
export class RefreshedTarget {
  @Field(() => ID, { description: 'Id of the administrator, as in administrators.' })
  readonly administrator!: string;

  @Field(() => SecurityService, { description: 'The service that is asked.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region that is asked.' })
  readonly region!: string;

  @Field(() => InventoryRefreshStatus, { description: 'How far this refresh has got.' })
  readonly status!: InventoryRefreshStatusName;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the observation began that the inventory shows: this one when it is OBSERVED, else an earlier one; null when ' +
      'there is none.',
  })
  readonly observedAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many members that one saw; null when there is none.',
  })
  readonly members!: number | null;

  @Field(() => ReasonCode, {
    nullable: true,
    description: 'Why it FAILED: as for a call that fails for the same reason; else null.',
  })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, {
    nullable: true,
    description: "Why it FAILED in the service's own words, without ARNs; else null.",
  })
  readonly reason!: string | null;
}

/** The answer of `refreshInventory`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer of refreshInventory: how each target stands, or the faults of the input.',
})
export class RefreshInventoryPayload {
  @Field(() => [RefreshedTarget], {
    description: 'Every service asked for in every region asked for; empty when userErrors is not.',
  })
  readonly targets!: readonly Readonly<RefreshedTarget>[];

  @Field(() => [UserError], {
    description: 'What is wrong with the input, all faults at once; empty when the refresh was taken.',
  })
  readonly userErrors!: readonly Readonly<UserError>[];
}
