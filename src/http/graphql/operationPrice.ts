import {
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { CoercedOperation } from './parsedOperation.js';

/** A field of an operation, with what its price depends on. */
export interface PricedField {
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly args: Readonly<Record<string, unknown>>;
  /** The price of its selections; 0 for a scalar. */
  readonly selections: number;
}

const META_FIELDS = new Map(
  [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef].map((field) => [field.name, field]),
);

/** The highest price, so that a sum of prices is a number that JSON can express. */
const MAX_PRICE = Number.MAX_SAFE_INTEGER;

/**
 * Returns the sum of the prices of all fields that the operation selects. A field counts wherever it is selected, also in
 * fragments. Fields that `@skip` and `@include` leave out are free. A field of an interface costs as much as its most
 * expensive type.
 *
 * @throws GraphQLError when the value of an argument does not fit its type, for example null for a non-null type.
 */
export function operationPrice(
  schema: GraphQLSchema,
  { document, operation, coerced }: Pick<CoercedOperation, 'document' | 'operation' | 'coerced'>,
  priceOf: (field: PricedField) => number,
): number {
  const fragments = fragmentsOf(document);

  const ofSet = (set: SelectionSetNode, parent: GraphQLObjectType): number =>
    set.selections.reduce((sum, node) => Math.min(sum + ofSelection(node, parent), MAX_PRICE), 0);

  const ofSelection = (node: SelectionNode, parent: GraphQLObjectType): number => {
    if (!isIncluded(node, coerced)) {
      return 0;
    }
    if (node.kind === Kind.FIELD) {
      return ofField(node, parent);
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
    return fragment !== undefined && applies(schema, fragment.typeCondition?.name.value, parent)
      ? ofSet(fragment.selectionSet, parent)
      : 0;
  };

  const ofField = (node: FieldNode, parent: GraphQLObjectType): number => {
    const field = META_FIELDS.get(node.name.value) ?? parent.getFields()[node.name.value];
    if (field === undefined) {
      throw new Error(`${parent.name} has no field ${node.name.value}, although the document is valid`);
    }
    const args = getArgumentValues(field, node, coerced);
    const type = getNamedType(field.type);
    const set = node.selectionSet;
    const types = isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
    const selections = set === undefined ? 0 : Math.max(0, ...types.map((each) => ofSet(set, each)));
    return Math.min(priceOf({ parent, field, args, selections }), MAX_PRICE);
  };

  const root = schema.getRootType(operation.operation);
  if (root == null) {
    throw new Error(`the schema has no ${operation.operation}, although the document is valid`);
  }
  return ofSet(operation.selectionSet, root);
}

function fragmentsOf({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
}

/** @throws GraphQLError when the condition of `@skip` or `@include` is null. */
function isIncluded(node: SelectionNode, variables: Record<string, unknown>): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false
  );
}

/** Whether a fragment with this type condition applies to objects of a type. */
function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLObjectType): boolean {
  if (condition === undefined || condition === type.name) {
    return true;
  }
  const conditionType = schema.getType(condition);
  return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
}
