import { buildSchema, execute, getOperationAST, parse } from 'graphql';
import { expect, test } from 'vitest';
import { createExecuteMutation } from '../../../src/http/graphql/executeMutation.js';
import { coerceVariables } from '../../../src/http/graphql/variables.js';
import type { GatewayContext } from '../../../src/resolvers/context.js';

/** Each mutation answers with its arguments, as the resolver got them. */
const schema = buildSchema(`
  input Account { id: ID!, email: String = "none" }
  input Input { accounts: [Account!]!, wait: Int = 5, note: String }
  type Query { unused: Int }
  type Mutation { add(input: Input!, retry: Boolean): String, other(ids: [ID!]): String }
`);
for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
  field.resolve = (_source, args) => JSON.stringify(args);
}

const INPUT = { accounts: [{ id: 1 }, { id: 'b', email: null }], note: null };

test.each([
  ['a variable for the whole input', 'mutation ($input: Input!) { add(input: $input) }', { input: INPUT }],
  ['one value instead of a list', 'mutation ($ids: [ID!]) { other(ids: $ids) }', { ids: 7 }],
  ['variables inside the input', 'mutation ($a: [Account!]!, $n: String) { add(input: { accounts: $a, note: $n }) }', { a: INPUT.accounts }],
  ['the default of a variable', 'mutation ($ids: [ID!] = ["x"]) { other(ids: $ids) }', {}],
  ['null instead of the default', 'mutation ($ids: [ID!] = ["x"]) { other(ids: $ids) }', { ids: null }],
  ['a variable that is absent', 'mutation ($ids: [ID!]) { other(ids: $ids) }', {}],
  ['a variable of a directive', 'mutation ($on: Boolean!) { other @include(if: $on) second: other(ids: [1]) }', { on: false }],
  ['a fragment', 'mutation ($ids: [ID!]) { ...both } fragment both on Mutation { a: other(ids: $ids) b: other }', { ids: [1] }],
  ['null where none may be', 'mutation ($r: Input = { accounts: [] }) { add(input: $r) }', { r: null }],
  ['no variables', 'mutation { other(ids: ["y"]) }', {}],
])('a mutation gets the same arguments as by graphql-js: %s', async (_what, text, variables) => {
  const { result, expected } = await executeBoth(text, null, variables);

  expect(result).toEqual(expected);
  expect(result).toHaveProperty('data');
}); // prettier-ignore

test('only the selected operation is executed', async () => {
  const text = 'mutation A { a: other } mutation B($ids: [ID!]) { b: other(ids: $ids) }';

  const { result } = await executeBoth(text, 'B', { ids: ['z'] });

  expect(result.data).toEqual({ b: '{"ids":["z"]}' });
});

async function executeBoth(text: string, operationName: string | null, variables: Record<string, unknown>) {
  const document = parse(text, { noLocation: true });
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    throw new Error('the document has no such operation');
  }
  const coerced = coerceVariables(schema, { document, operation, operationName, variables });
  const result = await createExecuteMutation(schema)(coerced, {} as GatewayContext);
  const expected = await execute({ schema, document, operationName, variableValues: variables });
  return { result, expected };
}
