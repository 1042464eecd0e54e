import {
  graphql,
  GraphQLInt,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  type GraphQLScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { AwsAccountId, AwsRegion, DateTime, EmailAddress } from '../../src/schema/scalars.js';

async function echo(scalar: GraphQLScalarType, source: string, value?: unknown) {
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      echo: { type: scalar, args: { it: { type: scalar } }, resolve: (_, args: { it: unknown }) => args.it },
      other: { type: GraphQLString, args: { n: { type: GraphQLInt } } },
    },
  });
  const { data, errors } = await graphql({
    schema: new GraphQLSchema({ query }),
    source,
    variableValues: { value },
  });
  return errors ? errors.map((error) => error.message) : data?.['echo'];
}

describe('AwsAccountId', () => {
  it('keeps leading zeros, as a literal and as a variable', async () => {
    expect(await echo(AwsAccountId, '{ echo(it: "000000000001") }')).toBe('000000000001');
    expect(
      await echo(AwsAccountId, 'query ($value: AwsAccountId) { echo(it: $value) }', '000000000001'),
    ).toBe('000000000001');
  });

  it('accepts any string: the services name the field and the account in their error', async () => {
    expect(await echo(AwsAccountId, '{ echo(it: "nonsense") }')).toBe('nonsense');
  });

  it('refuses a number literal, and says that quotes keep the zeros', async () => {
    expect(await echo(AwsAccountId, '{ echo(it: 123456789012) }')).toEqual([
      'AwsAccountId must be a quoted string; it was 123456789012. It stands for an account id of exactly 12 digits, and ' +
        'leading zeros matter.',
    ]);
  });

  it('refuses a number in variables, with the same message', async () => {
    expect(await echo(AwsAccountId, 'query ($value: AwsAccountId) { echo(it: $value) }', 12)).toEqual([
      'Variable "$value" got invalid value 12; AwsAccountId must be a quoted string; it was 12. It stands for an account ' +
        'id of exactly 12 digits, and leading zeros matter.',
    ]);
  });
});

describe.each([AwsRegion, EmailAddress])('%s', (scalar) => {
  it('accepts any string and nothing else', async () => {
    expect(await echo(scalar, '{ echo(it: "anything") }')).toBe('anything');
    expect(await echo(scalar, '{ echo(it: true) }')).toEqual([
      expect.stringMatching(`^${scalar.name} must be a quoted string; it was true\\. It stands for `),
    ]);
  });
});

describe('DateTime', () => {
  it('is written in UTC with milliseconds', () => {
    expect(DateTime.serialize(new Date('2026-03-01T03:14:07.12+01:00'))).toBe('2026-03-01T02:14:07.120Z');
  });
});
