import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** What a hostile or careless client may post. */
export interface Posted {
  query: unknown;
  variables?: unknown;
  operationName?: unknown;
}

/** Numbers from 0 to below `below`, the same for the same seed (mulberry32). */
type Random = (below: number) => number;

const ODD = [
  '\0',
  '\u202e',
  '\ud800',
  '\udfff',
  '\ufeff',
  '💥',
  'e\u0301',
  '\u2028',
  "'",
  '"',
  '\\',
  '%s',
  '${x}',
  '\r\n',
  '<script>',
];
const NAMES = [
  'request_01a1fc84-6b0b-7357-ad8c-145f65014dad',
  'outcome_1_222233334444',
  'call_x',
  'token_',
  '000000000000',
];

/** Makes documents and variables by a schema: right, nearly right, and wrong in every way that comes to mind. */
export function createGenerator(schema: GraphQLSchema, seed: number): () => Posted {
  let state = seed;
  const random: Random = (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
  const pick = <T>(of: readonly T[]): T => of[random(of.length)]!;
  const many = (most: number, make: () => string): string =>
    Array.from({ length: random(most) + 1 }, make).join(' ');

  const text = (): string =>
    pick([
      () => pick(NAMES),
      () => pick(ODD).repeat(random(4) + 1),
      () => 'x'.repeat(random(3_000)),
      () => `${pick(ODD)}a@${pick(ODD)}b.c`,
    ])();

  const json = (depth: number): unknown =>
    pick<() => unknown>([
      () => text(),
      () => pick([0, -1, 1e308, 2 ** 31, 1.5, Number.MAX_SAFE_INTEGER]),
      () => pick([true, null, '', [], {}]),
      () => (depth === 0 ? null : Array.from({ length: random(5) }, () => json(depth - 1))),
      () => (depth === 0 ? null : { [text()]: json(depth - 1), accountId: json(depth - 1), __proto__: null }),
    ])();

  const literal = (type: GraphQLInputType): string => {
    if (isNonNullType(type)) {
      return literal(type.ofType);
    }
    if (random(20) === 0) {
      return pick(['null', '$v', '1e999', '""', '[]', '{}', 'X', '-1']);
    }
    if (isListType(type)) {
      return `[${many(3, () => literal(type.ofType))}]`;
    }
    if (isEnumType(type)) {
      return pick(type.getValues()).name;
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || random(3) === 0,
      );
      return `{ ${fields.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`;
    }
    if (type.name === 'Int') {
      return String(pick([0, 1, 5, 100, 101, -1, 2_147_483_647, 99_999_999_999]));
    }
    if (type.name === 'Boolean') {
      return pick(['true', 'false']);
    }
    if (type.name === 'AwsAccountId') {
      return `"2${String(random(1e11)).padStart(11, '0')}"`;
    }
    return JSON.stringify(text());
  };

  const selections = (type: GraphQLObjectType, depth: number): string => {
    const fields = Object.values(type.getFields());
    return many(4, () => {
      const field = pick(fields);
      const args = field.args.filter((arg) => isNonNullType(arg.type) || random(3) === 0);
      const given =
        args.length === 0 ? '' : `(${args.map((arg) => `${arg.name}: ${literal(arg.type)}`).join(', ')})`;
      const alias = random(4) === 0 ? `a${random(1_000)}: ` : '';
      const inner = getNamedType(field.type);
      if (!isObjectType(inner)) {
        return inner.name === 'Node' ? '__typename' : `${alias}${field.name}${given}`;
      }
      return depth === 0 ? '__typename' : `${alias}${field.name}${given} { ${selections(inner, depth - 1)} }`;
    });
  };

  const valid = (): Posted => {
    const mutates = random(10) === 0;
    const root = mutates ? schema.getMutationType()! : schema.getQueryType()!;
    return {
      query: `${mutates ? 'mutation' : 'query'} { ${selections(root, 5)} }`,
      variables: { v: json(2) },
    };
  };

  const nearlyValid = (): Posted => {
    const query = String(valid().query);
    const at = random(query.length);
    return {
      query:
        query.slice(0, at) +
        pick(['', '{', '}', '(', '"', '...', '@', '$', '#', pick(ODD)]) +
        query.slice(at + random(3)),
    };
  };

  const wrongVariables = (): Posted => {
    const name = pick([
      'createMembers',
      'inviteMembers',
      'retryRequest',
      'cancelRequest',
      'createToken',
      'revokeToken',
    ]);
    const input = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const right = {
      waitSeconds: 0,
      requestId: text(),
      accountIds: [text()],
      accounts: [{ accountId: text(), email: text() }],
    };
    const variables = {
      input: random(2) === 0 ? json(3) : { ...right, [pick(['note', 'regions', 'name', 'role'])]: json(2) },
    };
    return {
      query: `mutation ($input: ${input}!) { ${name}(input: $input) { userErrors { message } } }`,
      variables,
    };
  };

  const monstrous = (): Posted => ({
    query: pick([
      () => '{ node(id: "x") '.repeat(random(3_000)),
      () => `{ ${'a '.repeat(random(30_000))} }`,
      () => `{ ${'...f '.repeat(random(2_000))} } fragment f on Query { __typename }`,
      () => `{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }`,
      () => `{ requests(after: ${JSON.stringify('x'.repeat(random(100_000)))}) { nodes { id } } }`,
      () => `{ __typename ${'@skip(if: false) '.repeat(random(2_000))} }`,
      () => `query (${'$a: Int '.repeat(random(2_000))}) { __typename }`,
      () => `{ outcomes(filter: { accountId: ${'['.repeat(random(2_000))} }) { nodes { id } } }`,
    ])(),
  });

  /** Heavy fields beside an argument or a condition that gets null. */
  const nulls = (): Posted => {
    const root = schema.getQueryType()!;
    const [definition, selection] = pick([
      ['$x: ID = "a"', 'bad: request(id: $x) { id }'],
      ['$x: Boolean = true', 'bad: request(id: "a") @include(if: $x) { id }'],
      ['$x: Boolean = false', `... @skip(if: $x) { ${selections(root, 2)} }`],
      ['$x: Boolean = true', '...f @include(if: $x)'],
      ['$x: Int = 1', 'requests(first: $x, last: $x) { nodes { id } }'],
      ['$x: AwsAccountId = "222233334444"', 'outcomes(filter: { accountIds: [$x] }) { totalCount }'],
    ] as const);
    const heavy = 'requests(first: 100) { nodes { outcomes(first: 100) { nodes { id request { id } } } } }';
    return {
      query: `query (${definition}) { ${pick([heavy, selections(root, 3)])} ${selection} } fragment f on Query { __typename }`,
      variables: { x: pick([null, null, null, 1, undefined]) },
    };
  };

  const nestedFragments = (): Posted => {
    const [around, inside] = pick([
      ['... { ', '__typename'],
      ['... on Query { ', selections(schema.getQueryType()!, 1)],
      ['... @include(if: true) { ', '...f'],
    ] as const);
    const depth = random(200) + 1;
    const tower = `${around.repeat(depth)}${inside}${' }'.repeat(depth)} `;
    const fragment = inside === '...f' ? ' fragment f on Query { ... { __typename } }' : '';
    return { query: `{ ${tower.repeat(random(20) + 1)} }${fragment}` };
  };

  const largeVariables = (): Posted => {
    const count = random(2_000);
    const keys = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`${text().slice(0, 20)}${i}`, null]),
    );
    // JSON.stringify overflows the stack at some thousands.
    const levels = Math.min(count, 1_000) + 1;
    const deep = JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown;
    const input = pick([keys, deep, { accounts: Array(random(20)).fill(keys) }, { accounts: [deep] }]);
    return pick([
      {
        query: 'mutation ($x: CreateMembersInput!) { createMembers(input: $x) { request { id } } }',
        variables: { x: input },
      },
      { query: 'query ($x: OutcomeFilter) { outcomes(filter: $x) { totalCount } }', variables: { x: keys } },
      { query: '{ __typename }', variables: keys },
    ]);
  };

  const padded = (): Posted => {
    const padding = pick([
      '\n',
      '\r',
      ',',
      ' ',
      '\ufeff',
      '#\n',
      `#${text()
        .replaceAll(/[\n\r]/g, '')
        .slice(0, 8)}\r\n`,
    ]);
    const faults = many(99, () => `unknown${random(1_000)}`);
    const [before, after] = pick([
      ['{', `${faults} }`],
      ['{', '__typename }'],
      ['query (', `${'$a: Int '.repeat(random(1_000) + 1)}) { __typename }`],
      ['{ request(', `${'id: 1 '.repeat(random(1_000) + 1)}) { id } }`],
    ] as const);
    return { query: `${before}${padding.repeat(random(pick([100, 30_000, 300_000])))}${after}` };
  };

  const noDocument = (): Posted => ({ query: json(3), variables: json(3), operationName: json(1) });

  return () =>
    pick([
      valid,
      valid,
      valid,
      nearlyValid,
      nearlyValid,
      wrongVariables,
      monstrous,
      noDocument,
      nulls,
      nestedFragments,
      largeVariables,
      padded,
    ])();
}
