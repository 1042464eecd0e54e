import { Field, ID, ObjectType } from 'type-graphql';
import type { SecurityService as SecurityServiceName } from '../../membership.js';
import { SecurityService } from '../enums.js';
import { AwsAccountId, AwsRegion } from '../scalars.js';

/** A configured administrator, without its credentials. */
@ObjectType({
  simpleResolvers: true,
  description:
    'An AWS account that the gateway acts as: the delegated administrator of an organization, or an account ' +
    "that invites others. The gateway's operator configures it.",
})
export class Administrator {
  @Field(() => ID, { description: 'The configured name, for `administrator` in inputs.' })
  readonly id!: string;

  @Field(() => AwsAccountId, { description: 'The AWS account.' })
  readonly accountId!: string;

  @Field(() => [SecurityService], { description: 'Its services: the default of a request.' })
  readonly services!: readonly SecurityServiceName[];

  @Field(() => [AwsRegion], { description: 'Its regions: the default of a request.' })
  readonly regions!: readonly string[];
}
