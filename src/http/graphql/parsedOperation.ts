import {
  getVariableValues,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** An operation that has been parsed and validated, with its variables. */
export interface ParsedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  /** As the client sent them. */
  readonly variables: Record<string, unknown>;
  /** As the resolvers get them; null when a value does not fit its type. */
  readonly coerced: Record<string, unknown> | null;
}

/** Returns the operation with its variables coerced to their types. */
export function coerceVariables(
  schema: GraphQLSchema,
  parsed: Omit<ParsedOperation, 'coerced'>,
): ParsedOperation {
  const { operation, variables } = parsed;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return { ...parsed, coerced: coerced ?? null };
}
