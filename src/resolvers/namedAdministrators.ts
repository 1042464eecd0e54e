import { getNamedType, isInputObjectType, type GraphQLArgument, type GraphQLInputField } from 'graphql';

/** Arguments and input fields that hold the ids of administrators. */
const NAMES = ['administrator', 'administrators'];

/** Reads from the arguments of one field the ids of administrators that they name, right or wrong. */
export type NamedAdministrators = (args: Record<string, unknown>) => readonly string[];

/**
 * For the arguments of a field, by the names that all arguments of this schema have; null when none of them can name an
 * administrator.
 */
export function namedAdministrators(args: readonly GraphQLArgument[]): NamedAdministrators | null {
  const paths = args.flatMap((arg) => pathsIn(arg));
  if (paths.length === 0) {
    return null;
  }
  return (given) => paths.flatMap((path) => textsAt(given, path));
}

/** Inputs of this schema nest a few deep and never in themselves. */
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
