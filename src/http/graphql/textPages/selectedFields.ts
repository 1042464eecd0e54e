import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The fields that a selection set selects from `type`, in order, with fragments replaced by their fields. Null for a set
 * with a directive or with a fragment on another type.
 */
export function selectedFields(
  set: SelectionSetNode | undefined,
  type: string,
  document: DocumentNode,
): FieldNode[] | null {
  const fields: FieldNode[] = [];
  for (const selection of set?.selections ?? []) {
    const selected = fieldsOf(selection, type, document);
    if (selected === null) {
      return null;
    }
    fields.push(...selected);
  }
  return fields;
}

/** The name of a field in the answer. */
export function keyOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

function fieldsOf(selection: SelectionNode, type: string, document: DocumentNode): FieldNode[] | null {
  if ((selection.directives?.length ?? 0) > 0) {
    return null;
  }
  if (selection.kind === Kind.FIELD) {
    return [selection];
  }
  const fragment =
    selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(selection.name.value, document);
  const isOfType = (fragment?.typeCondition?.name.value ?? type) === type;
  return isOfType ? selectedFields(fragment?.selectionSet, type, document) : null;
}

function fragmentOf(name: string, { definitions }: DocumentNode): FragmentDefinitionNode | undefined {
  return definitions
    .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
    .find((fragment) => fragment.name.value === name);
}
