import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  OperationTypeNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** One value that a client may choose: an argument of a field, or a field of an input object in it. */
export interface ArgumentPath {
  /** For messages, such as `Query.outcomes(filter.accountId)`. */
  readonly name: string;
  /** Whether the place takes a text: a String, an ID or another scalar that is no number. */
  readonly takesText: boolean;
  /** The query with the argument as the variable `$value`, declared with the argument's type. */
  readonly query: string;
  /** The value of `$value`, with `hostile` in the place that the path names and right values in all other required ones. */
  readonly valueWith: (hostile: unknown) => unknown;
  /** A right value of `$value`; undefined if the argument is optional. */
  readonly right: unknown;
}

type Field = GraphQLField<unknown, unknown>;

/** A field that a query can select: the fields that lead to it, from Query on. */
interface FieldPath {
  readonly parent: GraphQLObjectType;
  readonly steps: readonly Field[];
}

/** Deepest selection below a field. Connections need 2: nodes, and their fields. */
const SELECTION_DEPTH = 2;

/** Right values by the name of their type; a scalar that is not here takes any text. */
export type RightValues = Readonly<Record<string, unknown>>;

/** Optional fields of inputs that are always given: no mutation waits. */
const ALWAYS_GIVEN: RightValues = { waitSeconds: 0 };

/**
 * Every value that an operation of the schema can carry: for a query each field by its shortest way from Query, for a mutation
 * or a subscription the fields of its root.
 */
export function argumentPaths(
  schema: GraphQLSchema,
  right: RightValues,
  operation: OperationTypeNode = OperationTypeNode.QUERY,
): ArgumentPath[] {
  return fieldPaths(schema, operation).flatMap(({ parent, steps }) => {
    const field = steps.at(-1)!;
    return field.args.flatMap((argument) =>
      placesIn(argument.type, right).map(({ keys, takesText, valueWith }) => ({
        takesText,
        name: `${parent.name}.${field.name}(${[argument.name, ...keys].join('.')})`,
        query: `${operation} ($value: ${String(argument.type)}) { ${select(steps, argument, right)} }`,
        valueWith,
        right: isRequiredArgument(argument) ? rightValue(argument.type, right) : undefined,
      })),
    );
  });
}

function fieldPaths(schema: GraphQLSchema, operation: OperationTypeNode): FieldPath[] {
  const root = schema.getRootType(operation)!;
  if (operation !== OperationTypeNode.QUERY) {
    return Object.values(root.getFields()).map((field) => ({ parent: root, steps: [field] }));
  }
  const found: FieldPath[] = [];
  const seen = new Set<GraphQLObjectType>();
  let level = [{ parent: root, before: [] as readonly Field[] }];
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { parent, before } of level) {
      if (seen.has(parent)) {
        continue;
      }
      seen.add(parent);
      for (const field of Object.values(parent.getFields())) {
        const steps = [...before, field];
        found.push({ parent, steps });
        const type = getNamedType(field.type);
        if (isObjectType(type)) {
          next.push({ parent: type, before: steps });
        }
      }
    }
    level = next;
  }
  return found;
}

interface Place {
  readonly takesText: boolean;
  readonly keys: readonly string[];
  readonly valueWith: (hostile: unknown) => unknown;
}

function placesIn(type: GraphQLInputType, right: RightValues): Place[] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    return placesIn(nullable.ofType, right).map(({ keys, takesText, valueWith }) => ({
      keys,
      takesText,
      valueWith: (hostile) => [valueWith(hostile)],
    }));
  }
  if (!isInputObjectType(nullable)) {
    const takesText = !isEnumType(nullable) && !['Int', 'Float', 'Boolean'].includes(nullable.name);
    return [{ keys: [], takesText, valueWith: (hostile) => hostile }];
  }
  return Object.values(nullable.getFields()).flatMap((field) =>
    placesIn(field.type, right).map(({ keys, takesText, valueWith }) => ({
      keys: [field.name, ...keys],
      takesText,
      valueWith: (hostile) => ({
        ...(rightValue(nullable, right) as object),
        [field.name]: valueWith(hostile),
      }),
    })),
  );
}

function rightValue(type: GraphQLInputType, right: RightValues): unknown {
  if (isNonNullType(type)) {
    return rightValue(type.ofType, right);
  }
  if (isListType(type)) {
    return [rightValue(type.ofType, right)];
  }
  if (isEnumType(type)) {
    return type.getValues()[0]!.name;
  }
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    const given = Object.keys(ALWAYS_GIVEN).filter((name) => name in type.getFields());
    return Object.fromEntries([
      ...required.map((field) => [field.name, rightValue(field.type, right)] as const),
      ...given.map((name) => [name, ALWAYS_GIVEN[name]] as const),
    ]);
  }
  return right[type.name] ?? 'x';
}

/** The selection of the steps, with `$value` for the argument of the last and right values for all other required ones. */
function select([field, ...rest]: readonly Field[], argument: GraphQLArgument, right: RightValues): string {
  const isLast = rest.length === 0;
  const given = field!.args.flatMap((one) => {
    if (isLast && one === argument) {
      return [`${one.name}: $value`];
    }
    return isRequiredArgument(one) ? [`${one.name}: ${literal(rightValue(one.type, right), one.type)}`] : [];
  });
  const inner = isLast ? selectionOf(field!, SELECTION_DEPTH) : ` { ${select(rest, argument, right)} }`;
  return `${field!.name}${given.length === 0 ? '' : `(${given.join(', ')})`}${inner}`;
}

function selectionOf(field: Field, depth: number): string {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) {
    return 'getFields' in type ? ' { __typename }' : '';
  }
  const fields = Object.values(type.getFields())
    .filter((one) => one.args.length === 0 && (depth > 0 || !('getFields' in getNamedType(one.type))))
    .map((one) => `${one.name}${selectionOf(one, depth - 1)}`);
  return ` { ${['__typename', ...fields].join(' ')} }`;
}

function literal(value: unknown, type: GraphQLInputType): string {
  const named = getNullableType(type);
  if (isListType(named)) {
    return `[${(value as unknown[]).map((one) => literal(one, named.ofType)).join(', ')}]`;
  }
  if (isInputObjectType(named)) {
    const fields = Object.entries(value as object).map(
      ([key, one]) => `${key}: ${literal(one, named.getFields()[key]!.type)}`,
    );
    return `{ ${fields.join(', ')} }`;
  }
  return isEnumType(named) ? String(value) : JSON.stringify(value);
}
