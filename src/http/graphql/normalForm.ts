import {
  Kind,
  OperationTypeNode,
  print,
  visit,
  type DefinitionNode,
  type DocumentNode,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
} from 'graphql';

/**
 * The text of a document without what clients and generators change: white space, comments, `__typename`, and the order of
 * definitions, variables and selections. The root fields of a mutation keep their order, in which they are executed.
 */
export function normalForm(document: DocumentNode): string {
  let isMutation = false;
  // The fields around the selection set.
  let depth = 0;
  const normal = visit(document, {
    Document: { leave: (node) => ({ ...node, definitions: sorted(node.definitions) }) },
    OperationDefinition: {
      enter({ operation }) {
        isMutation = operation === OperationTypeNode.MUTATION;
      },
      leave: (node) => ({ ...node, variableDefinitions: sorted(node.variableDefinitions ?? []) }),
    },
    FragmentDefinition: {
      enter({ typeCondition }) {
        isMutation = typeCondition.name.value === 'Mutation';
      },
    },
    Field: {
      enter() {
        depth += 1;
      },
      leave() {
        depth -= 1;
      },
    },
    SelectionSet: {
      leave(node) {
        const selections = withoutTypename(node);
        return { ...node, selections: isMutation && depth === 0 ? selections : sorted(selections) };
      },
    },
  });
  return print(normal);
}

/** A selection of nothing but `__typename` stays. */
function withoutTypename({ selections }: SelectionSetNode): readonly SelectionNode[] {
  const others = selections.filter((selection) => !isTypename(selection));
  return others.length === 0 ? selections.slice(0, 1) : others;
}

function isTypename(selection: SelectionNode): boolean {
  return (
    selection.kind === Kind.FIELD &&
    selection.name.value === '__typename' &&
    selection.alias === undefined &&
    selection.directives?.length === 0
  );
}

type Sortable = DefinitionNode | VariableDefinitionNode | SelectionNode;

/** By kind, name and alias. Nodes that are equal in all three keep their order. */
function sorted<Node extends Sortable>(nodes: readonly Node[]): readonly Node[] {
  return nodes
    .map((node) => ({ node, key: sortKey(node) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ node }) => node);
}

function sortKey(node: Sortable): string {
  if (node.kind === Kind.VARIABLE_DEFINITION) {
    return node.variable.name.value;
  }
  const alias = node.kind === Kind.FIELD ? (node.alias?.value ?? '') : '';
  return [node.kind, nameOf(node), alias].join(' ');
}

/** Of an inline fragment, the name of its type; empty for a node without a name. */
function nameOf(node: Exclude<Sortable, VariableDefinitionNode>): string {
  if (node.kind === Kind.INLINE_FRAGMENT) {
    return node.typeCondition?.name.value ?? '';
  }
  if (node.kind === Kind.OPERATION_DEFINITION) {
    return node.name?.value ?? '';
  }
  return 'name' in node ? node.name.value : '';
}
