import { Field, ID, ObjectType } from 'type-graphql';
import type { SecurityService as SecurityServiceName } from '../../membership.js';
import { SecurityService } from '../enums.js';
import { AwsAccountId, AwsRegion } from '../scalars.js';

/** A configured administrator, without what its credentials are made of. */
@ObjectType({
  simpleResolvers: true,
  description:
    'An AWS account that the gateway acts as: the delegated administrator of an organization, or the ' +
    'account that invites others. Configured by the operator of the gateway.',
})
export class Administrator {
  @Field(() => ID, {
    description: 'The name it is configured under, to be used as `administrator` in inputs.',
  })
  readonly id!: string;

  @Field(() => AwsAccountId, { description: 'Its AWS account id: 12 digits.' })
  readonly accountId!: string;

  @Field(() => [SecurityService], {
    description: 'The services it administers: what a request covers when it names no services.',
  })
  readonly services!: readonly SecurityServiceName[];

  @Field(() => [AwsRegion], {
    description: 'The regions it is configured for: what a request covers when it names no regions.',
  })
  readonly regions!: readonly string[];
}
