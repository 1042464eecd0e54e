import {
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { createFieldSelections } from './fieldSelections.js';
import { introspectionPrice } from './introspectionPrice.js';
import type { CoercedOperation } from './parsedOperation.js';

/** A field of an operation, with what its price depends on. */
export interface SelectedField {
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly args: Readonly<Record<string, unknown>>;
  /** The assumed entries of the list or page that the parent is in; 1 for a single object. */
  readonly parentEntries: number;
}

/** How fields are priced. */
export interface Prices {
  /** The assumed number of entries of a list or page; 1 for a single object. */
  entriesOf(field: SelectedField): number;
  /**
   * The price of a field.
   *
   * @param entries as `entriesOf` returned it.
   * @param selections the price of the selections for one entry; 0 for a scalar.
   */
  priceOf(field: SelectedField, entries: number, selections: number): number;
}

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
  { entriesOf, priceOf }: Prices,
): number {
  const fieldSelections = createFieldSelections(schema, document, coerced);

  const ofSet = (set: SelectionSetNode, parent: GraphQLObjectType, parentEntries: number): number => {
    let sum = 0;
    for (const node of fieldSelections.of(set, parent)) {
      sum = Math.min(sum + ofField(node, parent, parentEntries), MAX_PRICE);
    }
    return sum;
  };

  const ofField = (node: FieldNode, parent: GraphQLObjectType, parentEntries: number): number => {
    const name = node.name.value;
    if (name === SchemaMetaFieldDef.name || name === TypeMetaFieldDef.name) {
      return introspectionPrice(schema, node, fieldSelections);
    }
    const field = name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : parent.getFields()[name];
    if (field === undefined) {
      throw new Error(`${parent.name} has no field ${name}, although the document is valid`);
    }
    const selected = { parent, field, args: getArgumentValues(field, node, coerced), parentEntries };
    const entries = entriesOf(selected);
    const type = getNamedType(field.type);
    const set = node.selectionSet;
    const types = isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
    const selections = set === undefined ? 0 : Math.max(0, ...types.map((each) => ofSet(set, each, entries)));
    return Math.min(priceOf(selected, entries, selections), MAX_PRICE);
  };

  const root = schema.getRootType(operation.operation);
  if (root == null) {
    throw new Error(`the schema has no ${operation.operation}, although the document is valid`);
  }
  return ofSet(operation.selectionSet, root, 1);
}
