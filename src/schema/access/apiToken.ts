import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Role as RoleName } from '../../membership.js';
import { describedEnum } from '../enums.js';
import { DateTime } from '../scalars.js';
import { MutationPayload } from '../userError.js';

/** The rights of a caller. */
const Role = describedEnum<RoleName>(
  'Role',
  'The rights of a caller. Each role includes the roles before it.',
  {
    VIEWER: 'Reads records and members of the administrators granted to it.',
    OPERATOR: 'Also creates, invites, retries and cancels.',
    ADMIN: 'Also removes members, manages API tokens and sees the origin of requests.',
  },
);

/** An API token without its secret. */
@ObjectType({
  simpleResolvers: true,
  description: 'The credentials of a program. The gateway stores only a hash of the secret.',
})
export class ApiToken {
  @Field(() => ID, {
    description:
      'Id for revokeToken, and the requestedBy.id of its requests; begins with token_. Not secret.',
  })
  readonly id!: string;

  @Field(() => String, { description: 'Its name, a label for people. Several tokens may have one name.' })
  readonly name!: string;

  @Field(() => Role, { description: 'The rights of its bearer.' })
  readonly role!: RoleName;

  @Field(() => [ID], {
    nullable: true,
    description: 'The administrators that its bearer may use. Null: all.',
  })
  readonly administrators!: readonly string[] | null;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly createdAt!: Date;

  @Field(() => String, {
    description: 'The id of the caller that made it; "local" if made on the command line.',
  })
  readonly createdBy!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it expires. Null: never.' })
  readonly expiresAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was last used, exact to a minute. Null: never.',
  })
  readonly lastUsedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was revoked. Null if it was not.' })
  readonly revokedAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'The id of the caller that revoked it. Null if it was not.',
  })
  readonly revokedBy!: string | null;
}

/** The input of `createToken`. */
@InputType({ description: 'A new API token.' })
export class CreateTokenInput {
  @Field(() => String, {
    description:
      'A label for people: 1 to 64 letters, digits, dots, hyphens or underscores. Each token is a caller of its ' +
      'own, also if another token has the same name.',
  })
  readonly name!: string;

  @Field(() => Role, { description: 'The rights of its bearer.' })
  readonly role!: RoleName;

  @Field(() => [ID], {
    nullable: true,
    description:
      'The administrators that its bearer may use. Default: all of yours, which you cannot exceed.',
  })
  readonly administrators?: readonly string[] | null;

  @Field(() => Int, { nullable: true, description: 'Days until it expires, 1 to 3,650. Default: 365.' })
  readonly expiresInDays?: number | null;
}

/** The answer of `createToken`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The new token and its secret, or the faults of the input.',
})
export class CreateTokenPayload extends MutationPayload {
  @Field(() => ApiToken, { nullable: true, description: 'The token. Null with userErrors.' })
  readonly token!: Readonly<ApiToken> | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The secret, for the header Authorization: Bearer. Only this answer shows it. Null with userErrors.',
  })
  readonly secret!: string | null;
}

/** The input of `revokeToken`. */
@InputType({ description: 'The API token to revoke.' })
export class RevokeTokenInput {
  @Field(() => ID, { description: 'The id of the token; begins with token_.' })
  readonly tokenId!: string;
}

/** The answer of `revokeToken`. */
@ObjectType({ simpleResolvers: true, description: 'The revoked token, or the faults of the input.' })
export class RevokeTokenPayload extends MutationPayload {
  @Field(() => ApiToken, { nullable: true, description: 'The revoked token. Null with userErrors.' })
  readonly token!: Readonly<ApiToken> | null;
}
