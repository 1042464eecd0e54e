import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
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

/** API tokens: the query and the two mutations. */
@Resolver()
export class TokenResolver {
  @Query(() => [ApiToken], {
    description:
      'The API tokens, expired and revoked ones too, newest first, 1,000 at most: those that reach no further than ' +
      'the administrators granted to you. For admins.',
  })
  async tokens(@Ctx() { caller, tokens }: GatewayContext): Promise<readonly Readonly<ApiToken>[]> {
    return (await tokens.list(caller)).map(toApiToken);
  }

  @Mutation(() => CreateTokenPayload, {
    nullable: true,
    description: 'Makes an API token. Its secret is in the answer and nowhere else. For admins.',
  })
  async createToken(
    @Arg('input', () => CreateTokenInput, { description: 'Whose token, and what it may do.' })
    input: CreateTokenInput,
    @Ctx() { caller, tokens }: GatewayContext,
  ): Promise<Readonly<CreateTokenPayload>> {
    const { token, ...rest } = await tokens.create(caller, input);
    return { token: token && toApiToken(token), ...rest };
  }

  @Mutation(() => RevokeTokenPayload, {
    nullable: true,
    description: 'Ends an API token, at once and for good. To do it twice does no harm. For admins.',
  })
  async revokeToken(
    @Arg('input', () => RevokeTokenInput, { description: 'Which token.' })
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
