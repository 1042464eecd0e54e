import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isListType,
  isObjectType,
  isRequiredArgument,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstAnswer } from '../support/firstAnswer.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const SCHEMA = buildSchema(readFileSync('schema.graphql', 'utf8'));

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ environment: { INTROSPECTION: 'off', CALLER_BUDGET: '1000000000' } });
});
afterAll(() => gateway.stop());

interface Sent {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

/** Posts a request that must be refused. Resolves with names in its errors that the request does not have. */
async function namesShown(sent: Sent, path = '/graphql'): Promise<string[]> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: path === '/graphql' ? 'application/json' : 'text/event-stream',
    },
    body: JSON.stringify(sent),
  });
  const text = await response.text();
  expect(response.status, text).toBe(path === '/graphql' ? 400 : 200);
  const { errors = [] } = firstAnswer(text);
  expect(errors.length).toBeGreaterThan(0);
  const messages = errors.map(({ message }) => message).join('\n');
  expect(messages).not.toContain('Did you mean');
  const known = new Set(wordsOf(JSON.stringify(sent)));
  // A name in lower case may also be a word of a message, except in quotation marks.
  const quoted = (messages.match(/"[^"]*"/g) ?? []).flatMap(wordsOf);
  const capitals = wordsOf(messages).filter((word) => /[A-Z]/.test(word));
  return [...quoted, ...capitals].filter((word) => NAMES.has(word) && !known.has(word));
}

function wordsOf(text: string): string[] {
  return text.match(/[_A-Za-z]\w*/g) ?? [];
}

const NAMES = new Set(namesOf(SCHEMA));

function namesOf(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .flatMap((type) => {
      if (isEnumType(type)) {
        return [type.name, ...type.getValues().map(({ name }) => name)];
      }
      if (isInputObjectType(type)) {
        return [type.name, ...Object.keys(type.getFields())];
      }
      if (isObjectType(type)) {
        const fields = Object.values(type.getFields());
        return [type.name, ...fields.flatMap(({ name, args }) => [name, ...args.map((one) => one.name)])];
      }
      return [type.name];
    });
}

const FIELDS = Object.values(SCHEMA.getTypeMap())
  .filter((type) => isObjectType(type))
  .filter((type) => !isIntrospectionType(type))
  .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));

/** Arguments of queries and mutations that can be alone. */
const ROOT_ARGUMENTS = (['query', 'mutation'] as const).flatMap((operation) => {
  const root = operation === 'query' ? SCHEMA.getQueryType()! : SCHEMA.getMutationType()!;
  return Object.values(root.getFields()).flatMap((field) =>
    field.args
      .filter((argument) => field.args.every((one) => one === argument || !isRequiredArgument(one)))
      .map((argument) => ({ operation, field, argument })),
  );
});

/** Values that do not fit a type. */
function wrongValues(type: GraphQLInputType): unknown[] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    return wrongValues(nullable.ofType).map((value) => [value]);
  }
  if (!isInputObjectType(nullable)) {
    return [{}, { odd: 1 }, [[]]];
  }
  const fields = Object.values(nullable.getFields());
  return [
    ...[{ odd: 1 }, 'text', 7],
    ...fields.map(({ name }) => ({ [misspelt(name)]: 1 })),
    ...fields.flatMap((field) => wrongValues(field.type).map((value) => ({ [field.name]: value }))),
  ];
}

function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"(\w+)":/g, '$1:');
}

/** A name that graphql-js answers with suggestions, where it may. */
const misspelt = (name: string): string => `${name}x`;

describe('with INTROSPECTION off, a refusal names only what the client sent', () => {
  it('for every misspelt field', async () => {
    for (const { type, field } of FIELDS) {
      const query = `{ __typename ...f } fragment f on ${type.name} { ${misspelt(field.name)} }`;
      expect(await namesShown({ query }), query).toEqual([]);
    }
  });

  it('for every misspelt argument, and every argument that is missing', async () => {
    for (const { type, field } of FIELDS.filter((one) => one.field.args.length > 0)) {
      const inner = isObjectType(getNamedType(field.type)) ? ' { __typename }' : '';
      for (const { name } of field.args) {
        const query = `{ ...f } fragment f on ${type.name} { ${field.name}(${misspelt(name)}: 1)${inner} }`;
        expect(await namesShown({ query }), query).toEqual([]);
      }
    }
  });

  it('for every field with a missing selection, or with one too many', async () => {
    for (const { type, field } of FIELDS) {
      const isLeaf = !('getFields' in getNamedType(field.type)) || isEnumType(getNamedType(field.type));
      const query = `{ ...f } fragment f on ${type.name} { ${field.name}${isLeaf ? ' { a }' : ''} }`;
      expect(await namesShown({ query }), query).toEqual([]);
    }
  });

  it('for every misspelt type', async () => {
    for (const name of Object.keys(SCHEMA.getTypeMap()).filter((one) => !one.startsWith('__'))) {
      for (const query of [
        `{ ... on ${misspelt(name)} { a } }`,
        `query ($v: ${misspelt(name)}) { __typename }`,
        `query ($v: ${name}) { account(accountId: $v) { accountId } }`,
      ]) {
        expect(await namesShown({ query, variables: { v: { odd: 1 } } }), query).toEqual([]);
      }
    }
  });

  it('for every argument with a value of a wrong kind, a misspelt key, or a missing one', async () => {
    for (const { operation, field, argument } of ROOT_ARGUMENTS) {
      const inner = 'getFields' in getNamedType(field.type) ? ' { __typename }' : '';
      for (const value of wrongValues(argument.type)) {
        const inVariable = `${operation} ($v: ${String(argument.type)}) { ${field.name}(${argument.name}: $v)${inner} }`;
        expect(
          await namesShown({ query: inVariable, variables: { v: value } }),
          JSON.stringify(value),
        ).toEqual([]);
        const inDocument = `${operation} { ${field.name}(${argument.name}: ${literal(value)})${inner} }`;
        expect(await namesShown({ query: inDocument }), inDocument).toEqual([]);
      }
    }
  });

  it.each([
    'mutation { createMembers(input: {}) { request { id } } }',
    'mutation { createMembers(input: { acounts: [] }) { request { id } } }',
    'mutation { createMembers(input: { accounts: [{}] }) { request { id } } }',
    'mutation { createMembers(input: { accounts: [{ accountId: 1 }] }) { request { id } } }',
    'mutation { createMembers(input: { accounts: "x", services: [GUARDDUTYX] }) { request { id } } }',
    'mutation { createMembers }',
    'mutation { creatMembers }',
    '{ members(region: "x", service: GUARDDUT) { nodes { accountId } } }',
    '{ members(region: 7, service: "GUARDDUTY") { nodes { accountId } } }',
    '{ outcomes(filter: { status: [SUCCEEDEDX] }) { totalCount } }',
    '{ outcomes(filter: { accountId: 1 }) { totalCount } }',
    '{ requests(first: "x") { totalCount } }',
    '{ requests(first: 1.5) { totalCount } }',
    '{ a: requests { totalCount } a: outcomes { totalCount } }',
    '{ a: requests { nodes { id } } a: outcomes { nodes { id } } }',
    '{ ... on Mutation { a } }',
    'query ($v: String) { request(id: $v) { id } }',
    'query ($v: Int!) { requests(after: $v) { totalCount } }',
    'query ($v: MembershipRequest) { __typename }',
    '{ requests @inclde(if: true) { totalCount } }',
    '{ requests @include { totalCount } }',
    '{ requests @include(if: "x") { totalCount } }',
    '{ __schema { types { name } } }',
    '{ __type(name: "Query") { name } }',
    '{ requests { totalCount }',
    '{ requests(first: ) { totalCount } }',
    'subscription { requestProgres }',
  ])('for %s', async (query) => {
    expect(await namesShown({ query })).toEqual([]);
  });

  it.each([
    'subscription { requestProgres }',
    'subscription { requestProgress }',
    'subscription { requestProgress { id } }',
    'subscription { requestProgress(id: {}) { id } }',
    'subscription { requestProgress(idd: "x") { id } }',
    'subscription ($v: ID!) { requestProgress(id: $v) { id } }',
    'subscription ($v: String!) { requestProgress(id: $v) { idx } }',
    'subscription { __schema { types { name } } }',
    'subscription { requestProgress(id: "x") { id',
  ])('on a stream, for %s', async (query) => {
    expect(await namesShown({ query, variables: { v: {} } }, '/graphql/stream')).toEqual([]);
  });

  it('and says so of the part that is wrong', async () => {
    const { body } = await gateway.post({ query: '{ request { id } requets { a } }' });
    expect(body.errors?.map(({ message }) => message)).toEqual([
      'field "request" does not fit the schema',
      'field "requets" does not fit the schema',
    ]);
  });

  it('and keeps a message that names nothing else', async () => {
    const { body } = await gateway.post({ query: 'query q($unused: Int) { __typename }' });
    expect(body.errors?.[0]?.message).toBe('Variable "$unused" is never used in operation "q".');
  });
});
