import { GraphQLScalarType } from 'graphql';
import { createParameterDecorator, type ResolverData } from 'type-graphql';

/** A type of which type-graphql takes every value as it is. */
const AS_IT_IS = new GraphQLScalarType({ name: 'AsItIs' });

let isBuilding = false;

/**
 * The argument `input` of a mutation, as graphql-js coerced it. type-graphql copies every input object of an argument into an instance
 * of its class, also for a decorator that does not use the copy, which takes 15 to 35 ms for 10,000 accounts. So it learns the class only
 * while it builds a schema.
 */
export function InputArg(type: () => object, description: string): ParameterDecorator {
  return createParameterDecorator(({ args }: ResolverData): unknown => args['input'], {
    arg: { name: 'input', typeFunc: () => (isBuilding ? type() : AS_IT_IS), options: { description } },
  }) as ParameterDecorator;
}

/** Runs `build`, which builds a schema that has such arguments. */
export function buildWithInputs<Schema>(build: () => Schema): Schema {
  isBuilding = true;
  try {
    return build();
  } finally {
    isBuilding = false;
  }
}
