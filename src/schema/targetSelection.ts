import { Field, ID, InputType } from 'type-graphql';
import type { SecurityService as SecurityServiceName } from '../membership.js';
import { SecurityService } from './enums.js';
import { AwsRegion } from './scalars.js';

/** Declares the input field `administrator`. */
export const AdministratorField = () =>
  Field(() => ID, {
    nullable: true,
    description: 'Default: the only one that the caller may use; with several, UNKNOWN_ADMINISTRATOR.',
  });

/** Declares the input field `services`. */
export const ServicesField = () =>
  Field(() => [SecurityService], {
    nullable: true,
    description:
      'Default: all configured for the administrator. Others, or an empty list, are INVALID_INPUT.',
  });

/** Declares the input field `regions`. */
export const RegionsField = () =>
  Field(() => [AwsRegion], {
    nullable: true,
    description:
      'Default: all configured for the administrator. Others are UNKNOWN_REGION, an empty list ' +
      'INVALID_INPUT.',
  });

/** The fields that select targets. No type of the schema by itself. */
@InputType()
export abstract class TargetSelection {
  @AdministratorField()
  readonly administrator?: string | null;

  @ServicesField()
  readonly services?: readonly SecurityServiceName[] | null;

  @RegionsField()
  readonly regions?: readonly string[] | null;
}
