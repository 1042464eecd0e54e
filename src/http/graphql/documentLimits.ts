import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';

/** The limits that a document is held to before it is validated. */
export interface DocumentLimits {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
}

/** The variables of the configuration that set them. */
const VARIABLES = {
  depth: 'MAX_DEPTH',
  fields: 'MAX_FIELDS',
  aliases: 'MAX_ALIASES',
  directives: 'MAX_DIRECTIVES',
} as const;

/** Fragments within fragments beyond this count as endless: following them further would use up the stack. */
const MAX_NESTING = 500;

const NOTHING: DocumentLimits = { depth: 0, fields: 0, aliases: 0, directives: 0 };
const ENDLESS: DocumentLimits = { ...NOTHING, depth: MAX_NESTING };

/**
 * A validation rule that stops validation before any other rule has looked further than the document's top: some of
 * them take quadratic time, or a stack as deep as the document.
 */
export function documentLimitsRule(limits: DocumentLimits): ValidationRule {
  return (context) => ({
    Document: {
      enter(document) {
        const faults = faultsOf(measure(document), limits);
        for (const fault of faults) {
          context.reportError(fault);
        }
        // A node that is replaced by nothing is not entered, by no rule.
        return faults.length > 0 ? null : undefined;
      },
    },
  });
}

function faultsOf(found: DocumentLimits, limits: DocumentLimits): GraphQLError[] {
  return (Object.keys(VARIABLES) as (keyof DocumentLimits)[])
    .filter((what) => found[what] > limits[what])
    .map((what) => {
      const details = { limit: VARIABLES[what], maximum: limits[what], actual: found[what] };
      return new GraphQLError(
        `expected a document with at most ${limits[what]} of ${what}, got ${found[what]}`,
        {
          extensions: { details },
        },
      );
    });
}

/** What a document has of each, with every fragment counted wherever it is spread. */
export function measure(document: DocumentNode): DocumentLimits {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const known = new Map<string, DocumentLimits>();

  const ofFragment = (name: string, nesting: number): DocumentLimits => {
    const before = known.get(name);
    if (before !== undefined) {
      return before;
    }
    const fragment = fragments.get(name);
    if (fragment === undefined) {
      return NOTHING;
    }
    // One that spreads itself is for another rule to refuse.
    known.set(name, NOTHING);
    const found = withOwn(ofSelections(fragment.selectionSet, nesting + 1), 0, fragment);
    known.set(name, found);
    return found;
  };

  const ofSelection = (selection: SelectionNode, nesting: number): DocumentLimits => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      return withOwn(ofFragment(selection.name.value, nesting), 0, selection);
    }
    const inner = selection.selectionSet ? ofSelections(selection.selectionSet, nesting + 1) : NOTHING;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return withOwn(inner, 0, selection);
    }
    const { depth, fields, aliases, directives } = withOwn(inner, 1, selection);
    return { depth: depth + 1, fields, directives, aliases: aliases + (selection.alias ? 1 : 0) };
  };

  const ofSelections = (set: SelectionSetNode, nesting: number): DocumentLimits =>
    nesting > MAX_NESTING
      ? ENDLESS
      : set.selections.map((selection) => ofSelection(selection, nesting)).reduce(sum, NOTHING);

  // A fragment that nothing spreads is validated all the same.
  for (const name of fragments.keys()) {
    ofFragment(name, 0);
  }
  const alone = [...known.values()].reduce(most, NOTHING);
  const operations = document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? withOwn(ofSelections(definition.selectionSet, 0), 0, definition)
      : NOTHING,
  );
  return most(alone, operations.reduce(sum, NOTHING));
}

function withOwn(
  inner: DocumentLimits,
  fields: number,
  node: { readonly directives?: readonly unknown[] | undefined },
): DocumentLimits {
  return {
    ...inner,
    fields: inner.fields + fields,
    directives: inner.directives + (node.directives?.length ?? 0),
  };
}

function sum(a: DocumentLimits, b: DocumentLimits): DocumentLimits {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
  };
}

function most(a: DocumentLimits, b: DocumentLimits): DocumentLimits {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: Math.max(a.fields, b.fields),
    aliases: Math.max(a.aliases, b.aliases),
    directives: Math.max(a.directives, b.directives),
  };
}
