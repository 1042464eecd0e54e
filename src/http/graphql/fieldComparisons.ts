import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Most comparisons of a document: 20,000 take graphql-js about 10 ms. 50 fields of one name at one place are 1,225.
 *
 * graphql-js has a limit of its own, at which it has compared for more than 150 ms.
 */
export const MAX_FIELD_COMPARISONS = 20_000;

/** A selection set, and the fragments that it is part of. */
interface Part {
  readonly set: SelectionSetNode;
  readonly within: readonly string[];
}

/** The comparisons of a document. */
export interface FieldComparisons {
  readonly inOperations: number;
  /** The fragments that no operation spreads: graphql-js compares their fields too, though it refuses the document for them. */
  readonly unused: readonly string[];
  /** As many as if all unused fragments were spread at one place, which bounds the comparisons in them. */
  readonly inUnused: number;
}

/**
 * How many pairs of fields, and of fragments, graphql-js compares to find out whether they can be merged: fields of the same
 * response name at the same place, and fragments that are spread at the same place. Takes time that grows with the document, fragments
 * expanded: documentLimits.ts has measured it before.
 */
export function fieldComparisons(document: DocumentNode): FieldComparisons {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: Part[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    } else if (definition.kind === Kind.OPERATION_DEFINITION) {
      operations.push({ set: definition.selectionSet, within: [] });
    }
  }
  const reached = new Set<string>();

  const comparisonsFrom = (place: readonly Part[]): number => {
    const places = [place];
    let comparisons = 0;
    // Grows while it is read.
    for (const parts of places) {
      const { fields, spread } = fieldsAt(parts, fragments);
      spread.forEach((name) => reached.add(name));
      comparisons += pairs(spread.size);
      for (const { count, inner } of fields.values()) {
        comparisons += pairs(count);
        if (inner.length > 0) {
          places.push(inner);
        }
      }
    }
    return comparisons;
  };

  const inOperations = operations.reduce((sum, operation) => sum + comparisonsFrom([operation]), 0);
  const unused = [...fragments.values()].filter(({ name }) => !reached.has(name.value));
  return {
    inOperations,
    unused: unused.map(({ name }) => name.value),
    inUnused: comparisonsFrom(
      unused.map(({ name, selectionSet }) => ({ set: selectionSet, within: [name.value] })),
    ),
  };
}

/** The fields of a place by response name, with what is selected of each; and the fragments that are spread there. */
function fieldsAt(
  parts: readonly Part[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): { fields: ReadonlyMap<string, { count: number; inner: Part[] }>; spread: ReadonlySet<string> } {
  const fields = new Map<string, { count: number; inner: Part[] }>();
  const spread = new Set<string>();
  const all = [...parts];

  const addSpread = ({ name: { value } }: FragmentSpreadNode, within: readonly string[]): void => {
    const fragment = fragments.get(value);
    // A fragment inside itself is a cycle, which another rule refuses.
    if (fragment !== undefined && !spread.has(value) && !within.includes(value)) {
      spread.add(value);
      all.push({ set: fragment.selectionSet, within: [...within, value] });
    }
  };

  // Grows while it is read.
  for (const { set, within } of all) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        addSpread(selection, within);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        all.push({ set: selection.selectionSet, within });
      } else {
        const name = (selection.alias ?? selection.name).value;
        const field = fields.get(name) ?? { count: 0, inner: [] };
        fields.set(name, field);
        field.count += 1;
        if (selection.selectionSet !== undefined) {
          field.inner.push({ set: selection.selectionSet, within });
        }
      }
    }
  }
  return { fields, spread };
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}
