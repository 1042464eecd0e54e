import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Role as RoleName } from '../../membership.js';
import { describedEnum } from '../enums.js';
import { DateTime } from '../scalars.js';
import { UserError } from '../userError.js';

/** What a caller may do. */
const Role = describedEnum<RoleName>(
  'Role',
  'What a caller may do. Each role may do what those before it may.',
  {
    VIEWER: 'Reads the record and members, of the administrators granted.',
    OPERATOR: 'Also creates, invites, retries and cancels.',
    ADMIN: 'Also removes members, manages API tokens, and sees where requests came from.',
  },
);

/** An API token, without its secret. */
@ObjectType({
  simpleResolvers: true,
  description: 'An API token: the credentials of a program. The gateway keeps a hash of its secret only.',
})
export class ApiToken {
  @Field(() => ID, { description: 'Names it for revokeToken; begins with token_. It is no secret.' })
  readonly id!: string;

  @Field(() => String, { description: 'What its requests are recorded under: the id of their requestedBy.' })
  readonly name!: string;

  @Field(() => Role, { description: 'What its bearer may do.' })
  readonly role!: RoleName;

  @Field(() => [ID], {
    nullable: true,
    description:
      'The administrators whose record and members its bearer may see and touch; null means all of them.',
  })
  readonly administrators!: readonly string[] | null;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly createdAt!: Date;

  @Field(() => String, { description: 'The caller who made it; "local" for one made on the command line.' })
  readonly createdBy!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it ceases to be good; null: never.' })
  readonly expiresAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was last used, exact to a minute; null: never.',
  })
  readonly lastUsedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was revoked; null while it is not.' })
  readonly revokedAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'The caller who revoked it; null while it is not revoked.',
  })
  readonly revokedBy!: string | null;
}

/** What createToken takes. */
@InputType({ description: 'A new API token.' })
export class CreateTokenInput {
  @Field(() => String, {
    description:
      'What its requests are recorded under: 1 to 64 letters, digits, dots, hyphens or underscores. Tokens of one ' +
      'name are one caller, so that a secret can be changed without a gap; those in force have the same rights.',
  })
  readonly name!: string;

  @Field(() => Role, { description: 'What its bearer may do.' })
  readonly role!: RoleName;

  @Field(() => [ID], {
    nullable: true,
    description: 'The administrators that its bearer may use, of those you may. Default: all that you may.',
  })
  readonly administrators?: readonly string[] | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many days it is good, 1 to 3,650. Default: 365.',
  })
  readonly expiresInDays?: number | null;
}

/** The answer of `createToken`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer of createToken: a token and its secret, or why there is none.',
})
export class CreateTokenPayload {
  @Field(() => ApiToken, { nullable: true, description: 'The token; null when userErrors is not empty.' })
  readonly token!: Readonly<ApiToken> | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The secret, for the header Authorization: Bearer. This answer is the only place it is ever shown; null when ' +
      'userErrors is not empty.',
  })
  readonly secret!: string | null;

  @Field(() => [UserError], { description: 'What is wrong with the input; empty when the token was made.' })
  readonly userErrors!: readonly Readonly<UserError>[];
}

/** What revokeToken takes. */
@InputType({ description: 'An API token that is to be good no longer.' })
export class RevokeTokenInput {
  @Field(() => ID, { description: 'The id of the token, as tokens shows it; begins with token_.' })
  readonly tokenId!: string;
}

/** The answer of `revokeToken`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The answer of revokeToken: the token, or why it was not revoked.',
})
export class RevokeTokenPayload {
  @Field(() => ApiToken, {
    nullable: true,
    description: 'The token, revoked; null when userErrors is not empty.',
  })
  readonly token!: Readonly<ApiToken> | null;

  @Field(() => [UserError], {
    description: 'Why nothing was revoked; empty when the token is good no longer.',
  })
  readonly userErrors!: readonly Readonly<UserError>[];
}
