import 'reflect-metadata';
import { graphql } from 'graphql';
import { buildSchemaSync, Field, InputType, Mutation, Query, Resolver } from 'type-graphql';
import { expect, it } from 'vitest';
import { buildWithInputs, InputArg } from '../../src/resolvers/inputArg.js';

let made = 0;

@InputType('CountedInput')
class CountedInput {
  @Field(() => String)
  name!: string;

  constructor() {
    made += 1;
  }
}

const seen: unknown[] = [];

@Resolver()
class CountingResolver {
  @Query(() => String)
  nothing(): string {
    return '';
  }

  @Mutation(() => Boolean)
  count(@InputArg(() => CountedInput, 'What is counted.') input: CountedInput): boolean {
    seen.push(input);
    return true;
  }
}

it('an input reaches its resolver as graphql-js coerced it, and no instance of its class is made', async () => {
  const schema = buildWithInputs(() => buildSchemaSync({ resolvers: [CountingResolver], validate: false }));
  // type-graphql makes one for the defaults of the fields.
  const atBuild = made;

  const answer = await graphql({ schema, source: 'mutation { count(input: { name: "a" }) }' });

  expect(answer).toEqual({ data: { count: true } });
  expect(seen).toEqual([{ name: 'a' }]);
  expect(made).toBe(atBuild);
});
