import { Field, InputType, Int, ObjectType } from 'type-graphql';
import type { InventoryRefreshStatus as InventoryRefreshStatusName } from '../../membership.js';
import { describedEnum } from '../enums.js';
import { DateTime } from '../scalars.js';
import { ReadTargetFields } from '../targetFields.js';
import { TargetSelection } from '../targetSelection.js';
import { MutationPayload } from '../userError.js';

/** The status of an observation that a refresh requested. */
const InventoryRefreshStatus = describedEnum<InventoryRefreshStatusName>(
  'InventoryRefreshStatus',
  'The status of an observation for refreshInventory. WAITING and RUNNING continue in the background.',
  {
    WAITING: 'Not begun: an earlier observation is still running, or others come first.',
    RUNNING: "Lists the members, 50 a call, at half of the target's rate at most.",
    OBSERVED: 'All members were listed. The inventory shows them.',
    FAILED: 'The list failed or broke off: see reasonCode. The inventory keeps the observation before.',
  },
);

/** The targets to observe. */
@InputType({ description: 'The targets to observe again.' })
export class RefreshInventoryInput extends TargetSelection {
  @Field(() => Int, {
    nullable: true,
    defaultValue: 20,
    description:
      "Seconds to wait for the observations, 0 to 60. 10,000 members take 80 seconds at GuardDuty's default rate. " +
      'The observations continue: call refreshInventory, coverage or inventory later.',
  })
  readonly waitSeconds?: number | null;
}

/** One target of a refresh. */
@ObjectType({ simpleResolvers: true, description: 'The observation of one target.' })
export class RefreshedTarget extends ReadTargetFields {
  @Field(() => InventoryRefreshStatus, { description: 'The status of this refresh.' })
  readonly status!: InventoryRefreshStatusName;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the observation in the inventory began: this one if OBSERVED, else an earlier one. Null without one.',
  })
  readonly observedAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Number of members in it. Null without one.',
  })
  readonly members!: number | null;
}

/** The answer of `refreshInventory`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The observation of each target, or the faults of the input.',
})
export class RefreshInventoryPayload extends MutationPayload {
  @Field(() => [RefreshedTarget], {
    description: 'Every selected target. Empty with userErrors.',
  })
  readonly targets!: readonly Readonly<RefreshedTarget>[];
}
