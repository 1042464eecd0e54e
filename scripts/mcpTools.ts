/*
 * Writes the queries and mutations of operations/ as tools of the Model Context Protocol, each with the
 * JSON Schema of its variables. Subscriptions and the operations of LEFT_OUT are no tools.
 */
import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  OperationTypeNode,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { descriptionOf, operationsIn, type DocumentFile } from './clientDocuments.ts';

/** Removals, and what makes, shows or revokes secrets: a model gets none of them. */
const LEFT_OUT = ['DisassociateMembers', 'DeleteMembers', 'CreateToken', 'RevokeToken'];

export function mcpTools(schema: GraphQLSchema, files: readonly DocumentFile[]): string {
  const tools = operationsIn(files)
    .filter(({ operation }) => operation.operation !== OperationTypeNode.SUBSCRIPTION)
    .filter(({ operation }) => !LEFT_OUT.includes(operation.name?.value ?? ''))
    .map(({ operation, location }) => toolOf(schema, operation, location));
  const sorted = tools.sort((one, other) => (one.name < other.name ? -1 : 1));
  return [
    "import type { OperationTool } from '../mcp/operationTool.js';",
    '',
    `export const tools: readonly OperationTool[] = ${JSON.stringify(sorted, null, 2)};`,
    '',
  ].join('\n');
}

function toolOf(schema: GraphQLSchema, operation: OperationDefinitionNode, location: string) {
  const variables = (operation.variableDefinitions ?? []).map(({ variable, type }) => {
    const named = typeFromAST(schema, type) as GraphQLInputType;
    return { name: variable.name.value, type: named };
  });
  const [input] = variables;
  const named = input && getNullableType(input.type);
  return {
    name: (operation.name?.value ?? '').replace(/^./, (letter) => letter.toLowerCase()),
    description: descriptionOf(location).join('\n'),
    mutates: operation.operation === OperationTypeNode.MUTATION,
    hasDryRun: isInputObjectType(named) && 'dryRun' in named.getFields(),
    inputSchema: objectSchema(variables),
  };
}

interface Property {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly description?: string | null | undefined;
  readonly defaultValue?: unknown;
}

function objectSchema(properties: readonly Property[]): object {
  return {
    type: 'object',
    properties: Object.fromEntries(
      properties.map(({ name, type, description }) => [
        name,
        { ...typeSchema(type), ...(description && { description }) },
      ]),
    ),
    required: properties
      .filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined)
      .map(({ name }) => name),
    additionalProperties: false,
  };
}

/** The JSON Schema of the values of a type, null left out. */
function typeSchema(type: GraphQLInputType): object {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    return { type: 'array', items: typeSchema(nullable.ofType) };
  }
  if (isInputObjectType(nullable)) {
    return objectSchema(Object.values(nullable.getFields()));
  }
  if (isEnumType(nullable)) {
    return { type: 'string', enum: nullable.getValues().map(({ name }) => name) };
  }
  switch (nullable.name) {
    case 'Int':
      return { type: 'integer' };
    case 'Float':
      return { type: 'number' };
    case 'Boolean':
      return { type: 'boolean' };
    case 'AwsAccountId':
      return { type: 'string', pattern: '^[0-9]{12}$' };
    default:
      return { type: 'string' };
  }
}
