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
    if (nodes.length === 0) {
      return message;
    }
    const sent = new Set(nodes.flatMap(sentWords));
    const quoted = message.match(QUOTED) ?? [];
    const shows =
      message.includes('Did you mean') ||
      quoted.flatMap(wordsOf).some((word) => names.has(word) && !sent.has(word)) ||
      wordsOf(message).some((word) => typeNames.has(word) && !sent.has(word));
    return shows ? `${describe(nodes[0]!)} does not fit the schema` : message;
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
  switch (node.kind) {
    case Kind.FIELD:
      return `field "${node.name.value}"`;
    case Kind.ARGUMENT:
      return `argument "${node.name.value}"`;
    case Kind.OBJECT_FIELD:
      return `input field "${node.name.value}"`;
    case Kind.VARIABLE:
      return `variable "$${node.name.value}"`;
    case Kind.VARIABLE_DEFINITION:
      return `variable "$${node.variable.name.value}"`;
    case Kind.NAMED_TYPE:
      return `type "${node.name.value}"`;
    case Kind.DIRECTIVE:
      return `directive "@${node.name.value}"`;
    case Kind.FRAGMENT_SPREAD:
    case Kind.FRAGMENT_DEFINITION:
      return `fragment "${node.name.value}"`;
    default:
      return 'a part of the document';
  }
}
