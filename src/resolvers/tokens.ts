import { Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { TokenRow } from '../ports/tokens.js';
import {
  ApiToken,
  CreateTokenInput,
  CreateTokenPayload,
  RevokeTokenInput,
  RevokeTokenPayload,
} from '../schema/access/apiToken.js';
import { tokenNodeId } from '../services/input/nodeId.js';
import type { GatewayContext } from './context.js';
import { InputArg } from './inputArg.js';

/** The query `tokens`, and the mutations `createToken` and `revokeToken`. */
@Resolver()
export class TokenResolver {
  @Query(() => [ApiToken], {
    description:
      'The newest 1,000 API tokens, also expired and revoked ones, with no administrators besides yours. For ' +
      'admins.',
  })
  async tokens(@Ctx() { caller, tokens }: GatewayContext): Promise<readonly Readonly<ApiToken>[]> {
    return (await tokens.list(caller)).map(toApiToken);
  }

  @Mutation(() => CreateTokenPayload, {
    nullable: true,
    description: 'Makes an API token. Only the answer has the secret. For admins.',
  })
  async createToken(
    @InputArg(() => CreateTokenInput, 'The name and rights of the token.')
    input: CreateTokenInput,
    @Ctx() { caller, tokens }: GatewayContext,
  ): Promise<Readonly<CreateTokenPayload>> {
    const { token, ...rest } = await tokens.create(caller, input);
    return { token: token && toApiToken(token), ...rest };
  }

  @Mutation(() => RevokeTokenPayload, {
    nullable: true,
    description: 'Revokes an API token at once and for ever. Revoking twice has no effect. For admins.',
  })
  async revokeToken(
    @InputArg(() => RevokeTokenInput, 'The token to revoke.')
    { tokenId }: RevokeTokenInput,
    @Ctx() { caller, tokens }: GatewayContext,
  ): Promise<Readonly<RevokeTokenPayload>> {
    const { token, userErrors } = await tokens.revoke(caller, tokenId);
    return { token: token && toApiToken(token), userErrors };
  }
}

function toApiToken(token: TokenRow): Readonly<ApiToken> {
  return { ...token, id: tokenNodeId(token.id) };
}
