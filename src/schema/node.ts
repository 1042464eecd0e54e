import { Field, ID, InterfaceType } from 'type-graphql';

/** The fields of every record with a global id. `__typename` gives GraphQL the type. */
@InterfaceType({
  description: 'A record that `node` finds: a MembershipRequest, an Outcome or an UpstreamCall.',
  resolveType: (node: Node) => node.__typename,
})
export abstract class Node {
  readonly __typename!: 'MembershipRequest' | 'Outcome' | 'UpstreamCall';

  @Field(() => ID, {
    description:
      'Opaque, stable for ever, unique over all types. Begins with request_, outcome_ or call_, for human ' +
      'readers.',
  })
  readonly id!: string;
}
