import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  print,
} from 'graphql';

/** A type, field, argument, input field or enum value of a schema. */
export interface SchemaElement {
  /** Everything that a client may depend on, for instance `Query.calls(first: Int = 50)`. */
  readonly promise: string;
  readonly description: string | null | undefined;
}

/** Returns all elements of a schema except GraphQL's own. */
export function schemaElements(schema: GraphQLSchema): SchemaElement[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap((type) => [element(promiseOf(type), type.description), ...membersOf(type)]);
}

function promiseOf(type: GraphQLNamedType): string {
  const kind = type.constructor.name.replace(/^GraphQL(.*)Type$/, '$1');
  const interfaces = isObjectType(type) ? type.getInterfaces().map(({ name }) => ` implements ${name}`) : [];
  return `${kind} ${type.name}${interfaces.join('')}`;
}

function membersOf(type: GraphQLNamedType): SchemaElement[] {
  if (isEnumType(type)) {
    return type.getValues().map((value) => element(`${type.name}.${value.name}`, value.description));
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) =>
      element(`${type.name}.${inputOf(field)}`, field.description),
    );
  }
  if (!isObjectType(type) && !isInterfaceType(type)) {
    return [];
  }
  return Object.values(type.getFields()).flatMap((field) => {
    const coordinate = `${type.name}.${field.name}`;
    return [
      element(`${coordinate}: ${String(field.type)}`, field.description),
      ...field.args.map((argument) => element(`${coordinate}(${inputOf(argument)})`, argument.description)),
    ];
  });
}

function inputOf({ name, type, defaultValue }: GraphQLArgument | GraphQLInputField): string {
  const written = defaultValue === undefined ? null : astFromValue(defaultValue, type);
  return `${name}: ${String(type)}${written ? ` = ${print(written)}` : ''}`;
}

function element(promise: string, description: string | null | undefined): SchemaElement {
  return { promise, description };
}
