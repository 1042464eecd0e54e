import { buildSchema, Kind, parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { operationPrice, type Prices } from '../../../src/http/graphql/operationPrice.js';

const SCHEMA = buildSchema(`
  interface Node { id: ID }
  type Small implements Node { id: ID }
  type Large implements Node { id: ID, nodes(first: Int!): [Node] }
  type Query { node: Node, large: Large, count: Int }
`);

/** A field costs 1 and its selections, times `first`. */
const PRICES: Prices = {
  entriesOf: ({ args }) => (args['first'] === undefined ? 1 : Number(args['first'])),
  priceOf: (_field, entries, selections) => 1 + selections * entries,
};

function price(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  )!;
  return operationPrice(SCHEMA, { document, operation, coerced: variables }, PRICES);
}

describe('the price of an operation', () => {
  it.each([
    ['{ count }', 1],
    ['{ count count }', 2],
    // __typename, the schema, and its types: 3 of Query and Node, 5 scalars, and 8 of introspection.
    ['{ __typename __schema { types { name } } }', 1 + 1 + Object.keys(SCHEMA.getTypeMap()).length],
    ['{ __type(name: "Small") { fields { name } } }', 1 + 11],
    ['{ large { nodes(first: 7) { id } } }', 1 + 1 + 7],
    ['{ ... { count } ... on Query { count } ...f ...f } fragment f on Query { count }', 4],
    ['{ node { id ... on Small { a: id b: id } ... on Large { c: id } } }', 1 + 1 + 2],
    ['{ node { ... on Node { id } ...f } } fragment f on Large { nodes(first: 9) { id } }', 1 + 1 + 1 + 9],
    ['{ count @skip(if: true) }', 0],
    ['{ ... @include(if: false) { count } }', 0],
    ['{ count @skip(if: false) @include(if: true) }', 1],
  ])('is the sum of its fields: %s', (query, expected) => {
    expect(price(query)).toBe(expected);
  });

  it('counts as many selections as there are', () => {
    expect(price(`{ ${'... { count } '.repeat(50_000)} }`)).toBe(50_000);
  });

  it('is a number that JSON can express, however deep pages nest', () => {
    const query = `{ large ${'{ nodes(first: 2147483647) { ... on Large '.repeat(100)}{ id }${' } }'.repeat(100)} }`;
    expect(price(query)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    ['query ($x: Int = 1) { large { nodes(first: $x) { id } } }', 'must not be null'],
    ['query ($x: Boolean = true) { count @include(if: $x) }', 'must not be null'],
    ['query ($x: Boolean = true) { ... @skip(if: $x) { count } }', 'must not be null'],
  ])('does not exist with a null that does not fit: %s', (query, message) => {
    expect(() => price(query, { x: null })).toThrow(message);
  });
});
