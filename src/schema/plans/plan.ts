import { type ClassType, Field, Float, Int, ObjectType } from 'type-graphql';
import type { MemberStatus as MemberStatusName } from '../../membership.js';
import { MemberStatus } from '../memberStatus.js';
import { AwsAccountId } from '../scalars.js';
import { ReadTargetFields } from '../targetFields.js';

/** The fields of one account of a plan. No type of the schema by itself. */
@ObjectType({ simpleResolvers: true })
export abstract class PlanAccount {
  @Field(() => AwsAccountId, { description: 'The account.' })
  readonly accountId!: string;

  @Field(() => MemberStatus, {
    nullable: true,
    description: 'Its status now. Null if the account could not be read.',
  })
  readonly memberStatus!: MemberStatusName | null;
}

/** The fields of one target of a plan. No type of the schema by itself. */
@ObjectType({ simpleResolvers: true })
export abstract class PlanTarget extends ReadTargetFields {
  @Field(() => Int, {
    description: 'Number of calls, 50 accounts each; accounts expected back unprocessed are sent too.',
  })
  readonly calls!: number;

  @Field(() => Float, {
    description:
      'Seconds until the last call could be sent at the configured rate, after a pause and without other traffic; ' +
      'with the reads that settle DisassociateMembers of Security Hub.',
  })
  readonly seconds!: number;
}

/** Returns the class with the fields of a plan with targets of the given type. No type of the schema by itself. */
export function planOf<Target extends PlanTarget>(target: ClassType<Target>) {
  @ObjectType({ simpleResolvers: true })
  abstract class Plan {
    @Field(() => [target], { description: 'Every selected target.' })
    readonly targets!: readonly Readonly<Target>[];

    @Field(() => Int, { description: 'Number of calls that change members.' })
    readonly calls!: number;

    @Field(() => Float, {
      description: 'The seconds of the slowest target: targets work in parallel.',
    })
    readonly seconds!: number;
  }
  return Plan;
}
