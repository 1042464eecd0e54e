import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  Kind,
  print,
  type ASTNode,
  type GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/** The message of an error of graphql-js, as the caller may see it. */
export type MessageOf = (error: GraphQLError) => string;

const WORD = /[_A-Za-z][_0-9A-Za-z]*/g;

/** A text in quotation marks; graphql-js escapes those inside. */
const QUOTED = /"(?:[^"\\]|\\.)*"/gs;

const NO_SELECTIONS: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [] };

/**
 * Messages without names of the schema that the client did not send, for callers that may not read the schema. A message with such
 * a name, or with a suggestion, is replaced by one that names only what the client sent.
 *
 * graphql-js quotes the names of fields, arguments and enum values. It writes the names of scalars also without quotation marks.
 */
export function createHideSchemaNames(schema: GraphQLSchema): MessageOf {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  const typeNames = new Set(types.map(({ name }) => name));
  const names = new Set([...typeNames, ...types.flatMap(memberNames)]);
  return ({ message, nodes = [] }) => {
    const [first] = nodes;
    if (first === undefined) {
      return message;
    }
    const sent = new Set(nodes.flatMap(sentWords));
    const quoted = message.match(QUOTED) ?? [];
    const shows =
      message.includes('Did you mean') ||
      quoted.flatMap(wordsOf).some((word) => names.has(word) && !sent.has(word)) ||
      wordsOf(message).some((word) => typeNames.has(word) && !sent.has(word));
    return shows ? `${describe(first)} does not fit the schema` : message;
  };
}

/** The names of the fields of a type, of their arguments, and of enum values. */
function memberNames(type: GraphQLNamedType): string[] {
  if (isEnumType(type)) {
    return type.getValues().map(({ name }) => name);
  }
  if (isInputObjectType(type)) {
    return Object.keys(type.getFields());
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    return Object.values(type.getFields()).flatMap(({ name, args }) => [
      name,
      ...args.map((one) => one.name),
    ]);
  }
  return [];
}

/** The words in a part of the document, without those of the selections in it, which other nodes stand for. */
function sentWords(node: ASTNode): readonly string[] {
  return wordsOf(print('selectionSet' in node ? { ...node, selectionSet: NO_SELECTIONS } : node));
}

function wordsOf(text: string): readonly string[] {
  return text.match(WORD) ?? [];
}

/** What the client calls a part of the document. */
function describe(node: ASTNode): string {
  if (node.kind === Kind.VARIABLE_DEFINITION) {
    return describe(node.variable);
  }
  const kind = KINDS[node.kind];
  return kind === undefined || !('name' in node)
    ? 'a part of the document'
    : `${kind.name} "${kind.sign ?? ''}${node.name.value}"`;
}

/** What parts of a document are called, and the sign before their names. */
const KINDS: Partial<Record<Kind, { readonly name: string; readonly sign?: string }>> = {
  [Kind.FIELD]: { name: 'field' },
  [Kind.ARGUMENT]: { name: 'argument' },
  [Kind.OBJECT_FIELD]: { name: 'input field' },
  [Kind.VARIABLE]: { name: 'variable', sign: '$' },
  [Kind.NAMED_TYPE]: { name: 'type' },
  [Kind.DIRECTIVE]: { name: 'directive', sign: '@' },
  [Kind.FRAGMENT_SPREAD]: { name: 'fragment' },
  [Kind.FRAGMENT_DEFINITION]: { name: 'fragment' },
};
