import { Field, ID, ObjectType } from 'type-graphql';
import type { ReasonCode as ReasonCodeName, SecurityService as SecurityServiceName } from '../membership.js';
import { SecurityService } from './enums.js';
import { ReasonCode } from './reasonCode.js';
import { AwsRegion } from './scalars.js';

/** The fields that name one service in one region. No type of the schema by itself. */
@ObjectType({ simpleResolvers: true })
export abstract class ServiceRegionFields {
  @Field(() => SecurityService, { description: 'The service.' })
  readonly service!: SecurityServiceName;

  @Field(() => AwsRegion, { description: 'The region.' })
  readonly region!: string;
}

/** The fields that name a target. No type of the schema by itself. */
@ObjectType({ simpleResolvers: true })
export abstract class TargetFields extends ServiceRegionFields {
  @Field(() => ID, { description: 'Id of the administrator.' })
  readonly administrator!: string;
}

/** The fields of a target that the gateway has read, or could not read. No type of the schema by itself. */
@ObjectType({ simpleResolvers: true })
export abstract class ReadTargetFields extends TargetFields {
  @Field(() => ReasonCode, { nullable: true, description: 'Why the target could not be read, else null.' })
  readonly reasonCode!: ReasonCodeName | null;

  @Field(() => String, {
    nullable: true,
    description: "The same in the service's words, if any, without ARNs; else null.",
  })
  readonly reason!: string | null;
}
