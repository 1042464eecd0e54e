import { Field, ID, InterfaceType } from 'type-graphql';

/** What every record with a global id shares. `__typename` tells GraphQL which one it is. */
@InterfaceType({
  description:
    'A record with an id of its own: a MembershipRequest, an Outcome or an UpstreamCall. `node` finds it ' +
    'again by that id.',
  resolveType: (node: Node) => node.__typename,
})
export abstract class Node {
  readonly __typename!: 'MembershipRequest' | 'Outcome' | 'UpstreamCall';

  @Field(() => ID, {
    description:
      'Opaque and stable for ever; unique over all types. It begins with request_, outcome_ or call_, for ' +
      'human eyes.',
  })
  readonly id!: string;
}
