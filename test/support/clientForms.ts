import { Kind, parse, print, visit, type FieldNode } from 'graphql';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** A document as Apollo Client sends it: `__typename` last in every selection set but the root of an operation, and printed. */
export function apolloForm(document: string): string {
  return print(
    visit(parse(document), {
      SelectionSet(node, _key, parent) {
        const isRoot = parent !== undefined && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION;
        return isRoot ? undefined : { ...node, selections: [...node.selections, TYPENAME] };
      },
    }),
  );
}
