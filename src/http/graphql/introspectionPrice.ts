import {
  getArgumentValues,
  getNamedType,
  isLeafType,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { FieldSelections } from './fieldSelections.js';

/** Most points of an introspection query. The standard one that tools send costs less than 2,000. */
export const SCHEMA_POINTS = 10_000;

/** Thrown inside the walk only. */
class TooManyObjects extends Error {}

/**
 * Returns the number of objects that `__schema` or `__type` returns with these selections, by walking them. `__type` costs as much
 * as the most expensive type of the schema. The walk ends at SCHEMA_POINTS, and returns one more.
 */
export function introspectionPrice(
  schema: GraphQLSchema,
  node: FieldNode,
  fieldSelections: FieldSelections,
): number {
  let objects = 0;
  // The resolvers of introspection use nothing else of it.
  const info = { schema } as GraphQLResolveInfo;

  const visit = (type: GraphQLObjectType, source: unknown, set: SelectionSetNode | undefined): void => {
    objects += 1;
    if (objects > SCHEMA_POINTS) {
      throw new TooManyObjects();
    }
    for (const selected of set === undefined ? [] : fieldSelections.of(set, type)) {
      visitField(type, source, selected);
    }
  };

  const visitField = (type: GraphQLObjectType, source: unknown, selected: FieldNode): void => {
    const field = type.getFields()[selected.name.value];
    const named = field && getNamedType(field.type);
    if (field === undefined || named === undefined || isLeafType(named)) {
      return;
    }
    const args = getArgumentValues(field, selected, fieldSelections.variables);
    const value: unknown = field.resolve?.(source, args, undefined, info);
    for (const entry of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (entry != null) {
        visit(named as GraphQLObjectType, entry, selected.selectionSet);
      }
    }
  };

  const priceOf = (type: GraphQLObjectType, source: unknown): number => {
    objects = 0;
    visit(type, source, node.selectionSet);
    return objects;
  };

  const typeType = schema.getType('__Type') as GraphQLObjectType;
  try {
    return node.name.value === '__schema'
      ? priceOf(schema.getType('__Schema') as GraphQLObjectType, schema)
      : Math.max(...Object.values(schema.getTypeMap()).map((type) => priceOf(typeType, type)));
  } catch (error) {
    if (error instanceof TooManyObjects) {
      return SCHEMA_POINTS + 1;
    }
    throw error;
  }
}
