import { getVariableValues, type GraphQLError, type GraphQLSchema } from 'graphql';
import { GatewayError } from '../../errors.js';
import type { CoercedOperation, ParsedOperation } from './parsedOperation.js';

/** Most keys of objects and entries of lists in the variables: 10,000 accounts with e-mail addresses have 30,000. */
const VARIABLE_MEMBERS = 50_000;

/** Deepest nesting of objects and lists in the variables; the inputs of the schema need 4. */
const VARIABLE_DEPTH = 20;

/** Most faults of one request that the answer names. */
export const MAX_FAULTS = 5;

/** Variables or arguments that do not fit their types: `faults` says which, in the words of graphql-js. */
export class FaultyInput extends Error {
  constructor(readonly faults: readonly GraphQLError[]) {
    super('the variables do not fit their types');
  }
}

/**
 * Returns the operation with its variables coerced to their types.
 *
 * @throws GatewayError LIMIT_EXCEEDED when the variables are too large to be coerced; FaultyInput when they do not fit.
 */
export function coerceVariables(schema: GraphQLSchema, parsed: ParsedOperation): CoercedOperation {
  const { operation, variables } = parsed;
  checkSize(variables);
  const definitions = operation.variableDefinitions ?? [];
  const { coerced, errors } = getVariableValues(schema, definitions, variables, { maxErrors: MAX_FAULTS });
  if (errors !== undefined) {
    throw new FaultyInput(errors);
  }
  return { ...parsed, coerced };
}

function checkSize(variables: Record<string, unknown>): void {
  let members = 0;
  let level: object[] = [variables];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > VARIABLE_DEPTH) {
      throw tooLarge('VARIABLE_DEPTH', `nested at most ${VARIABLE_DEPTH} deep`, VARIABLE_DEPTH, depth);
    }
    const inner: object[] = [];
    for (const container of level) {
      const values: unknown[] = Array.isArray(container) ? container : Object.values(container);
      members += values.length;
      if (members > VARIABLE_MEMBERS) {
        const expected = `of at most ${VARIABLE_MEMBERS} keys and list entries`;
        throw tooLarge('VARIABLE_MEMBERS', expected, VARIABLE_MEMBERS, members);
      }
      for (const value of values) {
        if (typeof value === 'object' && value !== null) {
          inner.push(value);
        }
      }
    }
    level = inner;
  }
}

function tooLarge(limit: string, expected: string, maximum: number, actual: number): GatewayError {
  return new GatewayError('LIMIT_EXCEEDED', `variables: expected variables ${expected}, got ${actual}`, {
    details: { limit, maximum, actual },
  });
}
