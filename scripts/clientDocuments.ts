/*
 * Writes documents as strings that know their types. Those of operations/ stand in an object for each kind of operation, and the
 * comment above each operation is its description.
 */
import { readFileSync } from 'node:fs';
import {
  Kind,
  OperationTypeNode,
  print,
  visit,
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';

export interface DocumentFile {
  readonly document: DocumentNode;
  /** Its path. */
  readonly location: string;
}

const KINDS = ['mutations', 'queries', 'lists', 'subscriptions'] as const;

export function clientDocuments(files: readonly DocumentFile[]): string {
  const fragments = fragmentsIn(files);
  const operations = operationsIn(files)
    .map(({ operation, location }) => ({
      kind: kindOf(operation),
      text: entry(operation, fragments, location),
      name: operation.name?.value ?? '',
      description: descriptionOf(location),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const objects = KINDS.map((kind) => {
    const entries = operations.filter((operation) => operation.kind === kind).map(({ text }) => text);
    return `export const ${kind} = {\n${entries.join('\n')}\n};\n`;
  });
  const descriptions = operations.map(
    ({ name, description }) => `  ${methodOf(name)}: ${JSON.stringify(description.join('\n'))},`,
  );
  return [
    "import type { TypedDocument } from '../document.js';",
    "import type * as types from './types.js';",
    '',
    ...objects,
    `export const descriptions = {\n${descriptions.join('\n')}\n};\n`,
  ].join('\n');
}

/** The documents of the tests, each under its name. Goes in front of their types. */
export function testDocuments(files: readonly DocumentFile[]): string {
  const fragments = fragmentsIn(files);
  const documents = operationsIn(files).map(({ operation }) => {
    const { name, type } = typesOf(operation);
    return `export const ${name}Document = ${JSON.stringify(textOf(operation, fragments))} as TypedDocument<${type}, ${type}Variables>;`;
  });
  return ["import type { TypedDocument } from '../../client/src/document.js';", ...documents].join('\n');
}

/** The operations of all files, each with the path of its file. */
export function operationsIn(
  files: readonly DocumentFile[],
): { operation: OperationDefinitionNode; location: string }[] {
  return files.flatMap(({ document, location }) =>
    document.definitions
      .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
      .map((operation) => ({ operation, location })),
  );
}

/** The fragments of all files by their names. */
export function fragmentsIn(files: readonly DocumentFile[]): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = files
    .flatMap(({ document }) => document.definitions)
    .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

/** The text of an operation with its fragments. */
export function textOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): string {
  return [operation, ...fragmentsOf(operation, fragments)].map(print).join('\n\n');
}

/** A list is a query with a page of a connection. */
function kindOf(operation: OperationDefinitionNode): (typeof KINDS)[number] {
  switch (operation.operation) {
    case OperationTypeNode.MUTATION:
      return 'mutations';
    case OperationTypeNode.SUBSCRIPTION:
      return 'subscriptions';
    case OperationTypeNode.QUERY:
      return isList(operation) ? 'lists' : 'queries';
  }
}

/** Whether the only way down from the root ends at a page. */
function isList({ selectionSet }: OperationDefinitionNode): boolean {
  let selections = selectionSet.selections;
  for (;;) {
    const fields = selections.filter((selection) => selection.kind === Kind.FIELD);
    if (fields.some(({ name }) => name.value === 'pageInfo')) {
      return true;
    }
    const [only, ...others] = fields;
    if (only?.selectionSet === undefined || others.length > 0) {
      return false;
    }
    selections = only.selectionSet.selections;
  }
}

function entry(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  location: string,
): string {
  const { name, type } = typesOf(operation);
  const typed = `TypedDocument<types.${type}, types.${type}Variables>`;
  return [
    '  /**',
    ...descriptionOf(location).map((line) => `   * ${line}`),
    '   */',
    `  ${methodOf(name)}: ${JSON.stringify(textOf(operation, fragments))} as ${typed},`,
  ].join('\n');
}

/** The name of an operation, and of the type of its result. */
function typesOf({ name, operation }: OperationDefinitionNode): { name: string; type: string } {
  const value = name?.value ?? '';
  return { name: value, type: `${value}${operation.replace(/^./, (letter) => letter.toUpperCase())}` };
}

function methodOf(name: string): string {
  return name.replace(/^./, (letter) => letter.toLowerCase());
}

/** The fragments that a definition needs, in the order of their names. */
function fragmentsOf(
  definition: DefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): FragmentDefinitionNode[] {
  const found = new Map<string, FragmentDefinitionNode>();
  const look = (node: DefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name: { value } }) {
        const fragment = fragments.get(value);
        if (fragment !== undefined && !found.has(value)) {
          found.set(value, fragment);
          look(fragment);
        }
      },
    });
  };
  look(definition);
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, fragment]) => fragment);
}

/** The comment at the start of a file, without its marks. */
export function descriptionOf(location: string): string[] {
  const lines = readFileSync(location, 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines.slice(0, end).map((line) => line.replace(/^# ?/, ''));
}
