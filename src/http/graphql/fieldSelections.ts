import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** The fields that an operation selects, also in fragments. */
export interface FieldSelections {
  /** The coerced variables of the operation. */
  readonly variables: Record<string, unknown>;
  /**
   * The fields of a selection set for objects of a type. A field is repeated wherever it is selected. Fields that `@skip` and
   * `@include` leave out are left out.
   *
   * @throws GraphQLError when the condition of `@skip` or `@include` is null.
   */
  of(set: SelectionSetNode, type: GraphQLObjectType): Iterable<FieldNode>;
}

export function createFieldSelections(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Record<string, unknown>,
): FieldSelections {
  const fragments = fragmentsOf(document);

  function* fieldsOf(set: SelectionSetNode, type: GraphQLObjectType): Generator<FieldNode> {
    for (const node of set.selections) {
      if (!isIncluded(node, variables)) {
        continue;
      }
      if (node.kind === Kind.FIELD) {
        yield node;
        continue;
      }
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
      if (fragment !== undefined && applies(schema, fragment.typeCondition?.name.value, type)) {
        yield* fieldsOf(fragment.selectionSet, type);
      }
    }
  }

  return { variables, of: fieldsOf };
}

function fragmentsOf({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
}

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
