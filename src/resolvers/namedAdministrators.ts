import { getNamedType, isInputObjectType, type GraphQLArgument, type GraphQLInputField } from 'graphql';

/** Arguments and input fields that hold the ids of administrators. */
const NAMES = ['administrator', 'administrators'];

/** Returns the ids of administrators in the arguments of one field, valid or not. */
export type NamedAdministrators = (args: Record<string, unknown>) => readonly string[];

/**
 * Returns a function that reads the administrators from the arguments of a field; null if the arguments have none. An
 * argument or input field has administrators if its name is one of NAMES.
 */
export function namedAdministrators(args: readonly GraphQLArgument[]): NamedAdministrators | null {
  const paths = args.flatMap((arg) => pathsIn(arg));
  if (paths.length === 0) {
    return null;
  }
  return (given) => paths.flatMap((path) => textsAt(given, path));
}

/** Inputs of this schema are never recursive. */
function pathsIn({ name, type }: GraphQLArgument | GraphQLInputField): string[][] {
  if (NAMES.includes(name)) {
    return [[name]];
  }
  const named = getNamedType(type);
  if (!isInputObjectType(named)) {
    return [];
  }
  return Object.values(named.getFields()).flatMap((field) => pathsIn(field).map((path) => [name, ...path]));
}

function textsAt(value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((one) => textsAt(one, path));
  }
  const [name, ...rest] = path;
  if (name === undefined) {
    return typeof value === 'string' ? [value] : [];
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return textsAt((value as Record<string, unknown>)[name], rest);
}
