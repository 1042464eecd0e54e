import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';
import { fieldComparisons, MAX_FIELD_COMPARISONS, type FieldComparisons } from './fieldComparisons.js';
import { MAX_FAULTS } from './variables.js';

/** The size of a document, and the limits for it. A fragment counts wherever it is spread. */
export interface DocumentSize {
  readonly depth: number;
  /** Selections: fields, inline fragments and spreads. */
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
}

/** The environment variable of each limit. */
const VARIABLES = {
  depth: 'MAX_DEPTH',
  fields: 'MAX_FIELDS',
  aliases: 'MAX_ALIASES',
  directives: 'MAX_DIRECTIVES',
} as const;

/** Deepest nesting of fragments that is measured; deeper nesting would overflow the stack. */
const MAX_NESTING = 500;

const EMPTY: DocumentSize = { depth: 0, fields: 0, aliases: 0, directives: 0 };
const TOO_DEEP: DocumentSize = { ...EMPTY, depth: MAX_NESTING };

/**
 * A validation rule that refuses a document over one of the limits, and then ends the validation. Other rules take
 * quadratic time, or a stack as deep as the document, so the rule ends it before they enter the document.
 */
export function documentLimitsRule(limits: DocumentSize): ValidationRule {
  return (context) => ({
    Document: {
      enter(document) {
        const tooLarge = checkSize(measure(document), limits);
        const errors = tooLarge.length > 0 ? tooLarge : checkComparisons(fieldComparisons(document));
        for (const error of errors) {
          context.reportError(error);
        }
        // `null` removes the document, so that no rule enters its definitions.
        return errors.length > 0 ? null : undefined;
      },
    },
  });
}

/** Unused fragments with many comparisons are refused for being unused, as graphql-js would after it has compared their fields. */
function checkComparisons({ inOperations, inUnused, unused }: FieldComparisons): GraphQLError[] {
  const maximum = MAX_FIELD_COMPARISONS;
  if (inOperations > maximum) {
    const message =
      `expected a document with at most ${maximum} comparisons of fields of the same name, got ${inOperations}: ` +
      'select each field once, or a few times';
    const details = { limit: 'FIELD_COMPARISONS', maximum, actual: inOperations };
    return [new GraphQLError(message, { extensions: { details } })];
  }
  return inUnused > maximum
    ? unused.slice(0, MAX_FAULTS).map((name) => new GraphQLError(`Fragment "${name}" is never used.`))
    : [];
}

function checkSize(size: DocumentSize, limits: DocumentSize): GraphQLError[] {
  return (Object.keys(VARIABLES) as (keyof DocumentSize)[])
    .filter((name) => size[name] > limits[name])
    .map((name) => {
      const details = { limit: VARIABLES[name], maximum: limits[name], actual: size[name] };
      const message = `expected a document with at most ${limits[name]} of ${name}, got ${size[name]}`;
      return new GraphQLError(message, { extensions: { details } });
    });
}

/** The sizes of all operations together; at least those of every fragment alone, since validation reads unused ones too. */
export function measure(document: DocumentNode): DocumentSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const measured = new Map<string, DocumentSize>();

  const ofFragment = (name: string, nesting: number): DocumentSize => {
    const known = measured.get(name);
    if (known !== undefined) {
      return known;
    }
    const fragment = fragments.get(name);
    if (fragment === undefined) {
      return EMPTY;
    }
    // Ends a cycle of fragments, which another rule refuses.
    measured.set(name, EMPTY);
    const size = withNode(ofSelections(fragment.selectionSet, nesting + 1), 0, fragment);
    measured.set(name, size);
    return size;
  };

  const ofSelection = (selection: SelectionNode, nesting: number): DocumentSize => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      return withNode(ofFragment(selection.name.value, nesting), 1, selection);
    }
    const inner = selection.selectionSet ? ofSelections(selection.selectionSet, nesting + 1) : EMPTY;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return withNode(inner, 1, selection);
    }
    const { depth, fields, aliases, directives } = withNode(inner, 1, selection);
    return { depth: depth + 1, fields, directives, aliases: aliases + (selection.alias ? 1 : 0) };
  };

  const ofSelections = (set: SelectionSetNode, nesting: number): DocumentSize =>
    nesting > MAX_NESTING
      ? TOO_DEEP
      : set.selections.map((selection) => ofSelection(selection, nesting)).reduce(sum, EMPTY);

  for (const name of fragments.keys()) {
    ofFragment(name, 0);
  }
  const largestFragment = [...measured.values()].reduce(maximum, EMPTY);
  const operations = document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? withNode(ofSelections(definition.selectionSet, 0), 0, definition)
      : EMPTY,
  );
  return maximum(largestFragment, operations.reduce(sum, EMPTY));
}

/** Adds what the node itself has: `fields`, and its directives. */
function withNode(
  inner: DocumentSize,
  fields: number,
  node: { readonly directives?: readonly unknown[] | undefined },
): DocumentSize {
  return {
    ...inner,
    fields: inner.fields + fields,
    directives: inner.directives + (node.directives?.length ?? 0),
  };
}

function sum(a: DocumentSize, b: DocumentSize): DocumentSize {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
  };
}

function maximum(a: DocumentSize, b: DocumentSize): DocumentSize {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: Math.max(a.fields, b.fields),
    aliases: Math.max(a.aliases, b.aliases),
    directives: Math.max(a.directives, b.directives),
  };
}
