/*
 * Writes docs/reference.md, the operations and types of schema.graphql. Usage: npm run schema.
 * test/docs/reference.test.ts fails when the file is not what this would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  astFromValue,
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  print,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLType,
} from 'graphql';

const ROOT = path.dirname(import.meta.dirname);

/** An argument, or a field of an object or input. */
interface Entry {
  name: string;
  type: GraphQLType;
  description?: string | null | undefined;
  args?: readonly { name: string }[];
  defaultValue?: unknown;
}

const HEAD = `# Reference

Every operation of the API, then every type. Written from [schema.graphql](../schema.graphql) by \`scripts/writeReference.ts\`.
A type with \`!\` is never null.`;

/** The page for a schema in GraphQL's language. */
export function referencePage(sdl: string): string {
  const schema = buildSchema(sdl);
  const roots = {
    Queries: schema.getQueryType(),
    Mutations: schema.getMutationType(),
    Subscriptions: schema.getSubscriptionType(),
  };
  const operations = Object.entries(roots).flatMap(([title, root]) =>
    root ? operationsOf(title, root) : [],
  );
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type))
    .filter((type) => !Object.values(roots).some((root) => root === type))
    .flatMap(typeSection);
  return [HEAD, ...operations, '## Types', ...types].join('\n\n') + '\n';
}

function operationsOf(title: string, root: GraphQLObjectType): string[] {
  return [
    `## ${title}`,
    cell(root.description),
    ...Object.values(root.getFields()).flatMap(operationSection),
  ];
}

function operationSection(field: Entry & { args: readonly Entry[] }): string[] {
  const { name, description, args, type } = field;
  const table = args.length === 0 ? [] : [tableOf('argument', args)];
  return [`### ${name}`, prose(description), `Returns ${linkTo(type)}.`, ...table];
}

function typeSection(type: GraphQLNamedType): string[] {
  const heading = [`### ${kindOf(type)} ${type.name}`, prose(type.description)];
  if (isEnumType(type)) {
    const rows = type.getValues().map((value) => `| \`${value.name}\` | ${cell(value.description)} |`);
    return [...heading, ['| value | meaning |', '| --- | --- |', ...rows].join('\n')];
  }
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
    return [...heading, tableOf('field', Object.values(type.getFields()))];
  }
  return heading;
}

/** A table of arguments or fields. A field with arguments names them after its own name. */
function tableOf(title: string, entries: readonly Entry[]): string {
  const rows = entries.map(({ name, args = [], type, defaultValue, description }) => {
    const named = args.length > 0 ? `${name}(${args.map((arg) => arg.name).join(', ')})` : name;
    return `| \`${named}\` | ${linkTo(type)}${defaultOf(defaultValue, type)} | ${cell(description)} |`;
  });
  return [`| ${title} | type | meaning |`, '| --- | --- | --- |', ...rows].join('\n');
}

function defaultOf(value: unknown, type: GraphQLType): string {
  const literal = value === undefined || !isInputType(type) ? null : astFromValue(value, type);
  return literal == null ? '' : ` = \`${print(literal)}\``;
}

/** The word of GraphQL's language for a type: `type`, `input`, `enum`, `interface`, `scalar` or `union`. */
function kindOf(type: GraphQLNamedType): string {
  return type.constructor.name.replace(/^GraphQL|(Object)?Type$/g, '').toLowerCase() || 'type';
}

function linkTo(type: GraphQLType): string {
  const named = getNamedType(type);
  const { name } = named;
  const [before = '', after = ''] = String(type).split(name);
  const shown = isSpecifiedScalarType(named) ? name : `[${name}](#${kindOf(named)}-${name.toLowerCase()})`;
  return `${before.replace('[', '\\[')}${shown}${after.replace(']', '\\]')}`;
}

function prose(text: string | null | undefined): string {
  return (text ?? '').replaceAll('<', '\\<');
}

function cell(text: string | null | undefined): string {
  return prose(text)
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sdl = readFileSync(path.join(ROOT, 'schema.graphql'), 'utf8');
  writeFileSync(path.join(ROOT, 'docs/reference.md'), referencePage(sdl));
}
