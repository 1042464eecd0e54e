import {
  execute,
  GraphQLScalarType,
  GraphQLSchema,
  Kind,
  type DocumentNode,
  type ExecutionResult,
  type OperationDefinitionNode,
} from 'graphql';
import type { GatewayContext } from '../../resolvers/context.js';
import type { CoercedOperation } from './parsedOperation.js';

/** Executes a mutation whose variables have been coerced. */
export type ExecuteMutation = (
  mutation: CoercedOperation,
  context: GatewayContext,
) => ExecutionResult | Promise<ExecutionResult>;

/** The type of every variable when a mutation is executed. Clients cannot see it: their documents have the types of the schema. */
const COERCED = new GraphQLScalarType({ name: 'CoercedValue' });

/**
 * graphql-js coerces the variables at every execution. Admission has done that before, and for 10,000 accounts it keeps the event
 * loop for 20 to 40 ms. So the executed document declares all variables as COERCED, which takes values as they are.
 */
export function createExecuteMutation(schema: GraphQLSchema): ExecuteMutation {
  const config = schema.toConfig();
  const executed = new GraphQLSchema({ ...config, types: [...config.types, COERCED] });
  // Apollo caches parsed documents, so the same text is the same object.
  const documents = new WeakMap<OperationDefinitionNode, DocumentNode>();

  return ({ document, operation, coerced }, contextValue) => {
    let withCoerced = documents.get(operation);
    if (withCoerced === undefined) {
      documents.set(operation, (withCoerced = declareCoerced(document, operation)));
    }
    return execute({ schema: executed, document: withCoerced, variableValues: coerced, contextValue });
  };
}

/** The document with this operation alone and its fragments. */
function declareCoerced({ definitions }: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const variableDefinitions = operation.variableDefinitions?.map(({ variable }) => ({
    kind: Kind.VARIABLE_DEFINITION as const,
    variable,
    type: { kind: Kind.NAMED_TYPE as const, name: { kind: Kind.NAME as const, value: COERCED.name } },
  }));
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, ...(variableDefinitions && { variableDefinitions }) }, ...fragments],
  };
}
